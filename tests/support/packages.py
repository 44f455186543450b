"""Installs the Debian packages that the tests start by themselves, when we may; else says which tests will be skipped."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PROGRAMS = {
    "postgresql": ("postgres", "/usr/lib/postgresql/*/bin/postgres"),
    "chromium": ("chromium", "/usr/bin/chromium"),
    "dovecot-imapd": ("dovecot", "/usr/lib/dovecot/imap"),
    "dovecot-lmtpd": ("dovecot-lmtpd", "/usr/lib/dovecot/lmtp"),
    "exim4-daemon-light": ("exim4", "/usr/sbin/exim4"),
}
"""Debian package -> (program, where it may stand outside the path)."""


def absent() -> list[str]:
    """The packages whose program isn't here."""
    return [
        package
        for package, (program, place) in PROGRAMS.items()
        if not shutil.which(program) and not any(Path("/").glob(place.lstrip("/")))
    ]


def install(packages: Iterable[str]) -> bool:
    """Whether apt installed them; needs root."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            return False
    return True


def main() -> int:
    """Never fails: what can't be installed is skipped by the tests that need it, with the reason."""
    missing = absent()
    if not missing:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get") and install(missing):
        print(f"installed for the tests: {', '.join(missing)}")
    else:
        print(f"not installed, so the tests that need them are skipped: {', '.join(missing)} (apt-get install them)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

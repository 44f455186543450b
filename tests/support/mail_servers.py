"""A real mail server of one's own: Dovecot (IMAP, LMTP) and Exim (SMTP, queue, bounces), without root, gone with the test.

Exim takes mails from whoever logs in, says in Authentication-Results whether From is theirs, and hands everything to
Dovecot by LMTP; what Dovecot refuses comes back as Exim's own delivery status notification (RFC 3464).
"""

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.mail.certificate import certificate

RECEIVER = "mx.kantoor.example"
"""The name of the server in its Authentication-Results."""

STARTING = 20.0
"""Seconds that a server may take to answer."""

_DOVECOT = """
protocols = imap lmtp
base_dir = {run}
state_dir = {run}/state
log_path = {folder}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/sandbox-mail.pem
ssl_key = <{folder}/sandbox-mail.pem
disable_plaintext_auth = no
mail_fsync = never
mail_location = maildir:~/Maildir
mail_plugins = quota
auth_username_format = %Lu
recipient_delimiter = +
quota_full_tempfail = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/boxes
}}
userdb {{
  driver = passwd-file
  args = {folder}/boxes
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

_EXIM = """
exim_user = {uid}
exim_group = {gid}
never_users =
deliver_drop_privilege = true
primary_hostname = mx.kantoor.example
spool_directory = {folder}/spool
log_file_path = {folder}/exim-%slog
pid_file_path = {folder}/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {smtp}
tls_advertise_hosts = *
tls_certificate = {folder}/sandbox-mail.pem
tls_privatekey = {folder}/sandbox-mail.pem
auth_advertise_hosts = *
message_size_limit = 60M
ignore_bounce_errors_after = 0s
acl_smtp_rcpt = check_rcpt
acl_smtp_data = check_data

begin acl
check_rcpt:
  deny    !authenticated = *
          message = 550 5.7.1 log in first
  defer   condition = ${{if exists{{{folder}/greylisted/$local_part@$domain}}}}
          message = 451 4.7.1 greylisted, try again later
  deny    condition = ${{if exists{{{folder}/refused/$local_part@$domain}}}}
          message = 550 5.1.1 no such user here
  accept
check_data:
  warn    add_header = :at_start:Authentication-Results: mx.kantoor.example; \\
            dmarc=${{if eqi{{$authenticated_id}}{{${{address:$h_from:}}}}{{pass}}{{fail}}}} header.from=${{domain:$h_from:}}
          remove_header = Authentication-Results
  accept

begin routers
aliases:
  driver = redirect
  local_parts = r : b
  domains = kantoor.example
  local_part_suffix = +*
  local_part_suffix_optional
  data = portaal@kantoor.example
everybody:
  driver = accept
  domains = kantoor.example : post.example
  transport = dovecot
nowhere:
  driver = redirect
  allow_fail
  data = :fail: no such domain

begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
  port = {lmtp}
  delivery_date_add
  envelope_to_add
  return_path_add

begin retry
* * F,1h,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{folder}/passwords}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{$auth1}}lsearch{{{folder}/passwords}}}}}}}}
  server_set_id = $auth1
"""

_GUARD = """
"$@" &
server=$!
trap 'kill -TERM "$server" 2>/dev/null; wait "$server"; exit' TERM
while kill -0 "$GUARDED" 2>/dev/null && kill -0 "$server" 2>/dev/null; do sleep 1 & wait $!; done
kill -TERM "$server" 2>/dev/null
wait "$server"
"""


class Absent(Exception):
    """There are no mail servers to run; the text says why."""


def programs() -> tuple[str, str]:
    """Dovecot and Exim, where they stand. Raises `Absent`."""
    found = []
    for name, places in {"dovecot": ("/usr/sbin",), "exim4": ("/usr/sbin",)}.items():
        path = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *places)))
        if path is None:
            raise Absent(f"no {name} on this machine")
        found.append(path)
    if not Path("/usr/lib/dovecot/lmtp").is_file():
        raise Absent("no dovecot-lmtpd on this machine")
    return found[0], found[1]


@dataclass(slots=True)
class MailServers:
    """Both servers under `folder`, on ports of their own that stay the same over a restart."""

    folder: Path
    imap_port: int = 0
    smtp_port: int = 0
    boxes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Address -> (password, quota rule)."""
    _lmtp_port: int = 0
    _running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.imap_port, self.smtp_port, self._lmtp_port = free_ports(3)
        account = _account()
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("run", "spool", "greylisted", "refused", "homes"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, account.pw_uid, account.pw_gid)
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        os.chown(certificate(self.folder, RECEIVER), account.pw_uid, account.pw_gid)

    def start(self) -> None:
        """Start both and wait until they answer. Raises `Absent`."""
        dovecot, exim = programs()
        account = _account()
        group = grp.getgrgid(account.pw_gid).gr_name
        values = {
            "folder": self.folder, "run": self.folder / "run", "user": account.pw_name, "group": group, "uid": account.pw_uid,
            "gid": account.pw_gid, "imap": self.imap_port, "smtp": self.smtp_port, "lmtp": self._lmtp_port,
        }  # fmt: skip
        self._write("dovecot.conf", _DOVECOT.format(**values))
        self._write("exim.conf", _EXIM.format(**values))
        self._write_boxes()
        self._run(dovecot, "-F", "-c", str(self.folder / "dovecot.conf"))
        self._run(exim, "-C", str(self.folder / "exim.conf"), "-bdf", "-q1s")
        for port in (self.imap_port, self.smtp_port, self._lmtp_port):
            if not _answers(port):
                raise Absent(f"a mail server did not start:\n{self.logs()}")

    def stop(self) -> None:
        """Stop both at once, with whoever is connected."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait(STARTING)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # Dovecot leaves those who wait in IDLE to themselves
        self._running.clear()

    def add(self, address: str, password: str, *, quota: str = "") -> None:
        """A mailbox. `quota` is a rule of Dovecot's, such as `*:bytes=100`."""
        self.boxes[address] = (password, quota)
        self._write_boxes()
        if self._running:
            _wait_until(
                lambda: (quota or "home") in (known := self._known_of(address)) and bool(quota) == ("rule" in known)
            )

    def remove(self, address: str) -> None:
        """From now on nobody lives here; their password for sending stays."""
        self.boxes[address] = ("", "")
        self._write_boxes()
        if self._running:
            _wait_until(lambda: not self._known_of(address))

    def greylist(self, address: str, *, on: bool) -> None:
        """Let Exim say "try again later" for this recipient."""
        marker = self.folder / "greylisted" / address
        marker.touch() if on else marker.unlink()

    def refuse(self, address: str) -> None:
        """Exim refuses mails to the address on the spot, at RCPT."""
        (self.folder / "refused" / address).touch()

    def doveadm(self, *arguments: str) -> str:
        """Run a command of the IMAP server's administrator; its output."""
        command = [*_as(_account()), "doveadm", "-c", str(self.folder / "dovecot.conf"), *arguments]
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=True).stdout

    def raw_mails(self, address: str, mail_folder: str = "INBOX") -> Iterator[tuple[str, bytes]]:
        """Name and bytes of every mail in a folder, in the order of arrival."""
        maildir = self.folder / "homes" / address / "Maildir"
        maildir = maildir if mail_folder == "INBOX" else maildir / f".{mail_folder}"
        found = [path for part in ("new", "cur") for path in (maildir / part).glob("*")]
        for path in sorted(found, key=lambda path: path.name):
            try:
                yield path.name.partition(":")[0], path.read_bytes()
            except FileNotFoundError:
                continue  # moved by the server just now

    def logs(self) -> str:
        """What the servers say of themselves."""
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(self.folder.glob("*log")))

    def _known_of(self, address: str) -> str:
        """What Dovecot knows of an address; it looks at the list again after a second."""
        try:
            return self.doveadm("user", address)
        except subprocess.CalledProcessError:
            return ""

    def _run(self, *command: str) -> None:
        process = subprocess.Popen(
            ["sh", "-c", _GUARD, "guard", *_as(_account()), *command],
            env=os.environ | {"GUARDED": str(os.getpid())},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._running.append(process)

    def _write_boxes(self) -> None:
        living = {address: box for address, box in self.boxes.items() if box[0]}
        uid, gid = _account().pw_uid, _account().pw_gid
        lines = (
            f"{address}:{password}:{uid}:{gid}::{self.folder / 'homes' / address}::"
            f"{f'userdb_quota_rule={quota}' if quota else ''}\n"
            for address, (password, quota) in living.items()
        )
        self._write("boxes", "".join(lines))
        passwords = "".join(f"{address}: {password}\n" for address, (password, _) in living.items())
        self._write("passwords", passwords)

    def _write(self, name: str, text: str) -> None:
        """Whole or not at all: the servers read these whenever they like."""
        account, path = _account(), self.folder / name
        fresh = path.with_suffix(".new")
        fresh.write_text(text)
        fresh.chmod(0o600)
        os.chown(fresh, account.pw_uid, account.pw_gid)
        fresh.replace(path)


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _account() -> pwd.struct_passwd:
    """Whom the servers run as: ourselves, or nobody when we are root."""
    return pwd.getpwuid(os.geteuid()) if os.geteuid() else pwd.getpwnam("nobody")


def _as(account: pwd.struct_passwd) -> list[str]:
    """What stands before a command to run it as that user."""
    if os.geteuid():
        return []
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _answers(port: int) -> bool:
    def greeted() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as client:
                client.settimeout(2)
                return bool(client.recv(1))
        except OSError:
            return False

    return _wait_until(greeted)


def _wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False

"""compose.yaml and the Dockerfile, as far as they can be checked without an engine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from loket.cli.main import app
from loket.settings import read_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The whole file, its anchors resolved."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_every_process_is_a_command_that_exists(compose: dict[str, Any]) -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    ours = {name: service for name, service in compose["services"].items() if service.get("image") == "loket"}
    assert set(ours) == {"migrate", "bot", "mail", "worker"}
    for service in ours.values():
        assert service["command"][0] in commands


def test_every_setting_in_the_environment_exists(
    compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    image = dict(re.findall(r"(LOKET_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8")))
    given = {
        key: value for service in compose["services"].values() for key, value in service.get("environment", {}).items()
    }
    for key, value in (image | given).items():
        if key.startswith("LOKET_"):
            monkeypatch.setenv(key, str(value))
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert settings.database_url.startswith("postgresql://")


def test_migrations_run_before_anything_else_and_the_database_is_awaited(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert "healthcheck" in services["database"]
    for name in ("bot", "mail", "worker"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
        assert services[name]["restart"] == "unless-stopped"


def test_nothing_listens_to_the_world(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_named_volume_and_anchor_is_declared(compose: dict[str, Any]) -> None:
    used = {volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_the_image_holds_every_package_and_what_it_reads() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) | {"locales"}
    copied = {line.split()[1] for line in dockerfile.splitlines() if line.startswith("COPY") and len(line.split()) == 3}
    assert wanted <= copied
    for source in re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), name
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert not copied & set(ignored)
    assert "--require-hashes" in dockerfile
    assert dockerfile.rstrip().endswith('ENTRYPOINT ["loket"]\nCMD ["run"]')
    assert re.search(r"^USER loket$", dockerfile, re.MULTILINE), "not as root"

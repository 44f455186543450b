import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.page.app import STATIC

_FILES = sorted(path for path in STATIC.iterdir() if path.suffix in (".js", ".css", ".html", ".svg"))
_SCRIPTS = [path for path in _FILES if path.suffix == ".js"]
_HARMLESS = ("http://www.w3.org/", "https://t.me/")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text()
    addresses = [
        address for address in re.findall(r"""https?://[^\s"'`)<;]+""", text) if not address.startswith(_HARMLESS)
    ]
    assert addresses == []
    assert not re.search(r"""(?:src|href|url|import|from)\s*[=(]?\s*["']//""", text)


@pytest.mark.parametrize("path", _SCRIPTS, ids=lambda path: path.name)
def test_scripts_parse(path: Path, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    module = tmp_path / f"{path.stem}.mjs"
    module.write_text(path.read_text())
    checked = subprocess.run([node, "--check", module], capture_output=True, text=True, timeout=30, check=False)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("path", _SCRIPTS, ids=lambda path: path.name)
def test_imports_name_files_that_are_there(path: Path) -> None:
    for name in re.findall(r'from "\./([^"]+)"', path.read_text()):
        assert (STATIC / name).is_file()


def test_every_sentence_is_there_in_both_languages() -> None:
    text = (STATIC / "texts.js").read_text()
    dutch, english = text.split("\n  en: {")
    names = [set(re.findall(r"(?<=[{,\n ])(\w+): \"", part.split("\n  },")[0])) for part in (dutch, english)]
    assert names[0] == names[1]
    used = {name for script in _SCRIPTS for name in re.findall(r'\bt\("(\w+)"\)', script.read_text())}
    page = (STATIC / "index.html").read_text()
    assert used | set(re.findall(r'data-text="(\w+)"', page)) <= names[0]

"""What goes in by standard input, and what is saved as a file."""

import asyncio
from pathlib import Path

import typer

from loket.cli.edge import fail


def given(text: str) -> str:
    """The text of an argument, or for `-` what standard input says: UTF-8, as all text here, with or without its mark."""
    if text != "-":
        return text
    try:
        said = typer.get_binary_stream("stdin").read().decode("utf-8-sig")
    except UnicodeDecodeError:
        fail("What came by standard input is no UTF-8 text. Save it as UTF-8 and try again; nothing was done.")
    return said.replace("\r\n", "\n")


async def save(path: Path, content: bytes) -> None:
    """Write a new file; one that is there already stays as it is, and the command fails."""
    try:
        await asyncio.to_thread(_write_new, path, content)
    except FileExistsError:
        fail(f"{path} is there already; choose another name.")
    except OSError as mistake:
        fail(f"{path} can't be written: {mistake.strerror or mistake}. Choose a folder that is there and is yours.")


def _write_new(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)

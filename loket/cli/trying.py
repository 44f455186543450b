"""`loket demo`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from loket.cli.edge import console
from loket.collecting import loading


def demo(
    folder: Annotated[Path, typer.Option(help="Where the try-out keeps everything; remove it to begin anew.")] = Path(
        "demo-data"
    ),
    port: Annotated[int, typer.Option(help="The page's port on this machine; 0 for a free one.")] = 8700,
) -> None:
    """Try everything on this machine: no token, no mail account, no server."""
    with loading():
        from loket.demo.trying import run_demo  # costly to import, and needed here only
        from loket.running import stop_on_signals

    def ready(url: str) -> None:
        console.print(
            f"\n  The try-out is ready: [bold]{url}[/bold]\n  Stop it with Ctrl-C; it keeps everything in {folder}.\n"
        )

    async def trying() -> None:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_demo(folder.resolve(), port=port, stop=stop, ready=ready)

    console.print("Starting the sample office, its customers and the product …")
    asyncio.run(trying())


def add_to(top: typer.Typer) -> None:
    """The command of this subject that stands at the top."""
    top.command()(demo)

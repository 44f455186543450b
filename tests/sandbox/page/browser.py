"""A headless Chromium, driven over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import asyncio
import itertools
import json
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --remote-debugging-port=0"
)


def chromium() -> str | None:
    """The browser's program; None when there is none."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )


class Tab:
    """One page in the browser. `trouble` collects errors and warnings, `requests` every address that it went to ask for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.trouble: list[str] = []
        self._requests: dict[str, str] = {}
        self._socket = socket
        self._numbers = itertools.count(1)

    @property
    def requests(self) -> list[str]:
        return list(self._requests.values())

    async def open(self, url: str, *, width: int = 1440, height: int = 900) -> None:
        """Load the page and wait until it says it is ready."""
        for domain in ("Runtime", "Log", "Page", "Network"):
            await self._send(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self._send("Emulation.setDeviceMetricsOverride", **size)
        await self._send("Page.navigate", url=url)
        await self.until("document.body?.dataset.ready === 'yes'")

    async def js(self, expression: str) -> Any:
        """The value of an expression in the page; AssertionError when it throws."""
        answer = await self._send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def until(self, condition: str, seconds: float = 15) -> None:
        """Wait until an expression is true in the page."""
        try:
            async with asyncio.timeout(seconds):
                while not await self.js(f"Boolean({condition})"):  # noqa: ASYNC110  # the condition lives in the browser
                    await asyncio.sleep(0.03)
        except TimeoutError:
            seen = await self.js("document.body.innerText.slice(0, 1500)")
            raise AssertionError(f"never true: {condition}\ntrouble: {self.trouble}\n{seen}") from None

    async def click(self, selector: str, text: str = "") -> None:
        """Click the first visible element of that selector that contains the text."""
        find = (
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find(e => e.textContent.includes({json.dumps(text)}) && e.checkVisibility())"
        )
        await self.until(f"(e => e && (e.click(), true))({find})")

    async def type(self, selector: str, text: str, *, enter: bool = False) -> None:
        """Type into a field as a keyboard does."""
        await self.js(f"document.querySelector({json.dumps(selector)}).focus()")
        await self._send("Input.insertText", text=text)
        if enter:
            for kind in ("keyDown", "keyUp"):
                await self._send(
                    "Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13
                )

    async def _send(self, method: str, **parameters: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            told = await self._socket.receive_json(timeout=20)
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]
            self._note(told.get("method", ""), told.get("params", {}))

    def _note(self, method: str, told: Any) -> None:
        if method == "Runtime.exceptionThrown":
            self.trouble.append(str(told["exceptionDetails"].get("exception", {}).get("description", told)))
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.trouble.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self._requests[told["requestId"]] = told["request"]["url"]
        elif method == "Network.loadingFailed" and told.get("blockedReason"):
            self._requests.pop(told["requestId"], None)  # the policy stopped it before it went out


@asynccontextmanager
async def browser(program: str) -> AsyncIterator[Tab]:
    """A fresh browser with one tab; gone when done."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program, *_FLAGS.split(), f"--user-data-dir={profile}", "about:blank",
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with aiohttp.ClientSession() as http:
                async with http.get(f"http://{await _address(process)}/json") as answer:
                    page = next(one for one in await answer.json() if one["type"] == "page")
                async with http.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    yield Tab(socket)
        finally:
            process.terminate()
            await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(30):
        while True:
            line = (await process.stderr.readline()).decode("utf-8", "replace")
            assert line, "the browser ended before it listened"
            if found := re.search(r"ws://(127\.0\.0\.1:\d+)/", line):
                return found[1]

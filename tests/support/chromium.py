"""A real browser without a screen, driven over the DevTools protocol."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.support.debian import installed_or_skip

START_S_MAX = 30.0
ANSWER_S_MAX = 20.0
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--remote-debugging-port=0",
)


def chromium_path() -> str:
    """Where Chromium is; installed from Debian where that can be done, else the test is skipped, and says why."""
    return installed_or_skip(lambda: next(filter(None, map(shutil.which, NAMES)), None), "chromium")


@contextmanager
def chromium(profile: Path) -> Iterator[Chromium]:
    """A browser with a profile of its own, until the end of the block."""
    said = profile.parent / "chromium.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [chromium_path(), *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip
    try:
        with connect(_address(process, profile, said), max_size=None, proxy=None) as socket:
            yield Chromium(socket)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], profile: Path, said: Path) -> str:
    deadline = time.monotonic() + START_S_MAX
    where = profile / "DevToolsActivePort"
    while time.monotonic() < deadline and process.poll() is None:
        lines = where.read_text().splitlines() if where.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(0.05)
    raise AssertionError("Chromium did not start: " + said.read_text()[-2000:])


class Chromium:
    """One tab of a running browser. `asked`: the URLs that its page asked for."""

    def __init__(self, socket: ClientConnection) -> None:
        self.asked: list[str] = []
        self._ids = count(1)
        self._session: str | None = None
        self._socket = socket
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.send("Network.enable")
        self.send("Page.enable")

    def send(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        self._socket.send(json.dumps(message | ({"sessionId": self._session} if self._session else {})))
        while True:
            answer = json.loads(self._socket.recv(timeout=ANSWER_S_MAX))
            if answer.get("method") == "Network.requestWillBeSent":
                self.asked.append(answer["params"]["request"]["url"])
            if answer.get("id") == number:
                assert "error" not in answer, answer["error"]
                return answer["result"]

    def speak(self, language: str) -> None:
        """From the next page on, be a browser whose owner reads that language."""
        agent = self.send("Browser.getVersion")["userAgent"]
        self.send("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def prepare(self, script: str) -> str:
        """Run that in every page before its own scripts; give what to forget it by."""
        return str(self.send("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"])

    def forget(self, prepared: str) -> None:
        self.send("Page.removeScriptToEvaluateOnNewDocument", identifier=prepared)

    def open(self, file: Path) -> str:
        """Open a verify page as by double click; its verdict once it has one."""
        self.asked.clear()
        self.send("Page.navigate", url="about:blank")
        self.send("Page.navigate", url=file.as_uri())
        deadline = time.monotonic() + ANSWER_S_MAX
        while time.monotonic() < deadline:
            verdict = self.run("document.getElementById('page')?.dataset.verdict ?? null")
            if verdict is not None:
                return str(verdict)
            time.sleep(0.02)
        raise AssertionError("the page came to no verdict: " + str(self.run("document.body.innerText"))[:2000])

    def run(self, expression: str) -> Any:
        """The value of an expression in the page; a promise's once it has one."""
        done = self.send("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def text(self) -> str:
        """What a person reads, with runs of spaces as one."""
        return re.sub(r"[ \t]+", " ", self.run("document.body.innerText"))

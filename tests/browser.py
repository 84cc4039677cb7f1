"""A real browser without a window, told what to do by its own protocol. Source: https://chromedevtools.github.io/devtools-protocol/"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from websocket import create_connection

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--remote-allow-origins=*")
LIMIT = 60


def program() -> str | None:
    """Where a browser is."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Browser:
    """One tab of a browser of our own; what it complains about and asks for is in ``said`` and ``asked``."""

    def __init__(self):
        self.home = tempfile.TemporaryDirectory(prefix="airflow-on-eks-browser-", ignore_cleanup_errors=True)
        command = [program(), *FLAGS, f"--user-data-dir={self.home.name}", "--remote-debugging-port=0", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.number, self.said, self.asked = 0, [], []
        try:
            self.socket = create_connection(self._tab(), timeout=LIMIT)
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def _tab(self) -> str:
        port, end = Path(self.home.name, "DevToolsActivePort"), time.monotonic() + LIMIT
        while not port.exists() or not port.read_text():
            assert time.monotonic() < end and self.process.poll() is None, "the browser does not start"
            time.sleep(0.05)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port.read_text().splitlines()[0]}/json", timeout=LIMIT) as answer:
            return next(tab["webSocketDebuggerUrl"] for tab in json.load(answer) if tab["type"] == "page")

    def call(self, method: str, **parameters):
        """What a command answers."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while (message := json.loads(self.socket.recv())).get("id") != self.number:
            self._hear(message)
        assert "error" not in message, message
        return message["result"]

    def _hear(self, message: dict) -> None:
        about = message.get("params", {})
        if message["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.said.append(about)
        if message["method"] == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])
        if message["method"] == "Page.loadEventFired":
            self.loaded = True

    def open(self, page: Path | str, width: int, height: int = 800, scheme: str = "light", media: str = "screen") -> None:
        """Show a file or an address, in a window of so many pixels."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.loaded = False
        self.call("Page.navigate", url=page if isinstance(page, str) else page.as_uri())
        while not self.loaded:
            self._hear(json.loads(self.socket.recv()))

    def ask(self, script: str):
        """What an expression comes to on the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def until(self, script: str, seconds: float = LIMIT):
        """What an expression comes to, as soon as that is something; it may fail while a page is on its way."""
        end = time.monotonic() + seconds
        while True:
            answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
            if value := answer["result"].get("value") if "exceptionDetails" not in answer else None:
                return value
            assert time.monotonic() < end, f"not within {seconds} s: {script}\n{self.ask('location.href + document.body.innerText')[:2000]}"
            time.sleep(0.2)

    def picture(self, file: Path) -> Path:
        """What is in the window as a PNG."""
        shot = self.call("Page.captureScreenshot")
        file.write_bytes(base64.b64decode(shot["data"]))
        return file

    def close(self) -> None:
        """Leave nothing of it: its own processes write to its home until the last has ended."""
        self.process.terminate()
        self.process.wait(LIMIT)
        end = time.monotonic() + LIMIT
        while self._lives() and time.monotonic() < end:
            time.sleep(0.05)
        self.home.cleanup()

    def _lives(self) -> bool:
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

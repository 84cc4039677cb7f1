"""
`pytest -p tests.unreached`: for whoever has not the time for all tests, the order that reaches all of them in a few times.

First what was not reached or failed the last time, then what belongs to rooms that changed since, then the rest, from another place for each
commit. What is not reached is named. It is remembered in the user's cache directory: CI begins with a fresh clone, often enough on the same
machine; on another one the commit alone decides.
"""

import json
import subprocess
from pathlib import Path

import pytest

from connectors.tools.tools import cache_directory

ROOT = Path(__file__).parent.parent
RECENT = 10
"""Commits that count as changes where none is remembered."""

PRODUCT = ("settings", "connectors", "facts", "operations", "deploys", "inventories", "manifests", "values")
ROOMS = {
    "airflow": ("dags", "values", "manifests"),
    "connectors": ("connectors",),
    "drift": ("settings", "facts", "operations", "deploys"),
    "roundtrip": (*PRODUCT, "sandbox"),
    "sandbox": ("sandbox",),
    "sweep": PRODUCT,
}
"""What the tests of a directory are about, besides themselves."""


class Unreached:
    """
    + path: where it is remembered: `commit` of the last time, `left` from it
    + git: answers lines of git
    """

    def __init__(self, path: Path, git):
        self.path, self.git = path, git
        try:
            known = json.loads(path.read_text())
        except (OSError, ValueError):
            known = {}
        self.left: list[str] = known.get("left", [])
        self.commit = (self.git("rev-parse", "HEAD") or ["0"])[0]
        self.changed = self._changed(known.get("commit"))

    def _changed(self, since: str | None) -> set[str]:
        """Rooms with changes since a commit, or in the most recent ones."""
        paths = self.git("diff", "--name-only", since, "HEAD") if since else None
        if paths is None:
            paths = self.git("log", f"-{RECENT}", "--name-only", "--format=") or []
        return {name for path in paths for name in _rooms(path)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        files = list(dict.fromkeys(item.location[0] for item in items))
        start = int(self.commit, 16) % max(len(files), 1)
        turn = {file: place for place, file in enumerate(files[start:] + files[:start])}
        left = set(self.left)
        waiting = {item.location[0] for item in items if item.nodeid in left}

        def rank(item):
            file = item.location[0]
            return file not in waiting, Path(file).parts[1] not in self.changed, turn[file], item.nodeid not in left

        items.sort(key=rank)
        self.left = [item.nodeid for item in items]
        self._remember()

    def pytest_runtest_logreport(self, report):
        if (report.when == "call" and report.passed or report.skipped) and report.nodeid in self.left:
            self.left.remove(report.nodeid)
            self._remember()

    def pytest_terminal_summary(self, terminalreporter):
        if self.left:
            terminalreporter.section(f"{len(self.left)} not reached, or failed: the next time begins with them")
            for name in self.left:
                terminalreporter.line(name)

    def _remember(self):
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps({"commit": self.commit, "left": self.left}, indent=1))


def _rooms(path: str) -> set[str]:
    """The rooms a file belongs to."""
    first, _, rest = path.partition("/")
    return {rest.partition("/")[0]} if first == "tests" else {room for room, about in ROOMS.items() if first in about}


def git(*words: str) -> list[str] | None:
    """What git answers, line by line; ``None`` where it cannot."""
    ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True)
    return None if ran.returncode else [line for line in ran.stdout.splitlines() if line]


def pytest_configure(config):
    config.pluginmanager.register(Unreached(cache_directory() / "slow-tests.json", git))

"""What was tried and what survived, kept in a file so that a sweep can be taken up again."""

import json
import threading
import time
from pathlib import Path


class Stopped(Exception):
    """Somebody ended the sweep."""


class Ledger:
    """
    + path: the file; a sweep that resumes starts from what is in it
    + commit: of what is swept
    + again: strike again what failed

    In it: `commit`, `points` by verb in order, `tally` of what there is after each, `struck` by verb and kind with a row for each point by
    its number, `chains` with their runs and seconds, `failures` with the points they tell against. A point that was struck just before the
    sweep was ended is struck again. On another commit the points are counted anew; what was tried of the same name stays, with its commit.
    """

    def __init__(self, path: Path, resume: bool, commit: str = "", again: bool = False):
        self.path, self.lock, self.started = path, threading.RLock(), time.monotonic()
        empty = {"points": {}, "tally": {}, "struck": {}, "chains": [], "failures": [], "seconds": 0}
        self.content = json.loads(path.read_text()) if resume and path.exists() else empty
        if self.content.get("commit") != commit:
            self.content |= {"commit": commit, "tally": {}}
        self._forget(lambda number, row: not row["survived"] and not row.get("failed"))
        if again:
            against = {(failure["verb"], failure["kind"], number) for failure in self["failures"] for number in failure["numbers"]}
            for verb, kind in (key.split() for key in self["struck"]):
                self._forget(lambda number, row, verb=verb, kind=kind: (verb, kind, int(number)) in against, f"{verb} {kind}")
            self.content["failures"] = []
        self.before = self.content["seconds"]
        self.stopped = False

    def _forget(self, unwanted, key: str | None = None) -> None:
        for rows in [self["struck"][key]] if key else self["struck"].values():
            for number in [number for number, row in rows.items() if unwanted(number, row)]:
                del rows[number]

    def count(self, verb: str, points: list[str], tally: dict[str, int]) -> None:
        """The points of a verb, and what there is after it; rows of another count keep those that are still there."""
        for key, rows in self["struck"].items():
            if key.split()[0] == verb:
                self["struck"][key] = {str(points.index(row["point"]) + 1): row for row in rows.values() if row["point"] in points}
        self["points"][verb], self["tally"][verb] = points, tally

    def __getitem__(self, key):
        return self.content[key]

    def save(self) -> None:
        with self.lock:
            self.content["seconds"] = round(self.before + time.monotonic() - self.started)
            fresh = self.path.with_suffix(".new")
            fresh.write_text(json.dumps(self.content, indent=1))
            fresh.rename(self.path)

    def rows(self, verb: str, kind: str) -> dict:
        return self.content["struck"].setdefault(f"{verb} {kind}", {})

    def tried(self, verb: str, kind: str, number: int, alone: bool) -> bool:
        return ("alone" if alone else "struck") in self.rows(verb, kind).get(str(number), {})

    def struck(self, verb: str, kind: str, number: int, alone: bool) -> None:
        """A point was struck; whether it survives is not known yet."""
        with self.lock:
            row = self.rows(verb, kind).setdefault(str(number), {"point": self["points"][verb][number - 1], "survived": False})
            row["alone" if alone else "struck"], row["commit"] = True, self["commit"]
        self.say(f"{verb} {kind} {number}/{len(self['points'][verb])}{' alone' if alone else ''}: {row['point']}")
        self.save()

    def survived(self, verb: str, kind: str, number: int) -> None:
        """A point did, unless it failed before in another way of striking it."""
        with self.lock:
            row = self.rows(verb, kind)[str(number)]
            row["survived"] = not row.get("failed")

    def failed(self, verb: str, kind: str, numbers: list[int], lines: list[str]) -> None:
        """A point, or the end of a chain of several, did not survive."""
        with self.lock:
            what, only = "the end of the chain", numbers[0] if len(numbers) == 1 else None
            if row := self.rows(verb, kind).get(str(only)):
                row["survived"], row["failed"], what = False, True, f"{only} {row['point']}"
            self["failures"].append({"verb": verb, "kind": kind, "point": what, "numbers": numbers, "lines": lines})
        self.say(f"FAILED: {verb} {kind}: {what}\n    " + "\n    ".join(lines))
        self.save()

    def ended(self, verb: str, kind: str, numbers: list[int], coped: bool, lines: list[str]) -> None:
        """The run points were struck in ended with 0, or it did not: then which of them it was is for a person to see in its last lines."""
        with self.lock:
            for number in numbers:
                row = self.rows(verb, kind)[str(number)]
                row["coped"] = coped and row.get("coped", True)
            if not coped:
                what = f"{min(numbers)} to {max(numbers)}: the run they were struck in did not cope"
                self["failures"].append({"verb": verb, "kind": kind, "point": what, "numbers": numbers, "lines": [*lines[-1:], *lines]})
                self.say(f"NOT COPED WITH: {verb} {kind}: {what}\n    " + "\n    ".join(lines))
        self.save()

    def chained(self, verb: str, kind: str, alone: bool, runs: int, seconds: float) -> None:
        with self.lock:
            self["chains"].append({"verb": verb, "kind": kind, "alone": alone, "runs": runs, "seconds": round(seconds)})
        self.save()

    def check(self) -> None:
        """Raises `Stopped` once the sweep is to end."""
        if self.stopped:
            raise Stopped

    def say(self, text: str) -> None:
        with self.lock:
            rows = [row for rows in self["struck"].values() for row in rows.values()]
            minutes, seconds = divmod(int(self.before + time.monotonic() - self.started), 60)
            print(f"{minutes:3}m{seconds:02}s  tried {len(rows)}, survived {sum(row['survived'] for row in rows)}  {text}", flush=True)

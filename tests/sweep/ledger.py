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

    In it: `points` by verb in order, `tally` of what there is after each, `struck` by verb and kind with a row for each point by its
    number, `chains` with their runs and seconds, `failures`. A point that was struck just before the sweep was ended is struck again.
    """

    def __init__(self, path: Path, resume: bool):
        self.path, self.lock, self.started = path, threading.RLock(), time.monotonic()
        empty = {"points": {}, "tally": {}, "struck": {}, "chains": [], "failures": [], "seconds": 0}
        self.content = json.loads(path.read_text()) if resume and path.exists() else empty
        for rows in self.content["struck"].values():
            for number in [number for number, row in rows.items() if not row["survived"] and not row.get("failed")]:
                del rows[number]
        self.before = self.content["seconds"]
        self.stopped = False

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
            row["alone" if alone else "struck"] = True
        self.say(f"{verb} {kind} {number}/{len(self['points'][verb])}{' alone' if alone else ''}: {row['point']}")
        self.save()

    def survived(self, verb: str, kind: str, number: int) -> None:
        """A point did, unless it failed before in another way of striking it."""
        with self.lock:
            row = self.rows(verb, kind)[str(number)]
            row["survived"] = not row.get("failed")

    def failed(self, verb: str, kind: str, number: int | None, lines: list[str]) -> None:
        """A point, or the end of a chain, did not survive."""
        with self.lock:
            what = "the end of the chain"
            if row := self.rows(verb, kind).get(str(number)):
                row["survived"], row["failed"], what = False, True, f"{number} {row['point']}"
            self["failures"].append({"verb": verb, "kind": kind, "point": what, "lines": lines})
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
                self["failures"].append({"verb": verb, "kind": kind, "point": what, "lines": [*lines[-1:], *lines]})
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

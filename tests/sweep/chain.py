"""A chain of one verb and one kind of fault: a fault at a point, run again with the fault at the next, until the verb is done."""

from dataclasses import dataclass

from checks import LINES, twice
from disturbed import Disturbance, Disturbed, every
from ledger import Ledger
from points import numbered, point

COPED = ("throttled", "error", "lost")
"""Kinds of fault the run they strike has to cope with itself; one that is killed is resumed."""

STUCK = 2
"""Runs in a row that fail though nothing was struck in them."""


@dataclass(frozen=True)
class Slice:
    """Points first to last, counted from 1, of a verb with a kind of fault; `alone` is one point in a sandbox of its own."""

    verb: str
    kind: str
    first: int
    last: int
    alone: bool = False

    @property
    def numbers(self) -> list[int]:
        return list(range(self.first, self.last + 1))


class Chain:
    """
    + box: where the verb is run
    + part: which points are struck, and how
    """

    def __init__(self, box, part: Slice, ledger: Ledger):
        self.box, self.part, self.ledger = box, part, ledger
        names = ledger["points"][part.verb]
        self.wanted = {number: names[number - 1] for number in part.numbers}
        self.number, self.pending = part.first, []
        self.runs, self.seconds = 0, 0.0

    def go(self) -> bool:
        """Whether the verb got done."""
        disturbance = Disturbance(self.box, [self._fault()], [_base(name) for name in self.wanted.values()])
        failures = 0
        try:
            while failures < STUCK:
                self.ledger.check()
                run = disturbance.run(self.part.verb)
                self.runs, self.seconds = self.runs + 1, self.seconds + run.seconds
                self._judge(run)
                if run.code == 0:
                    return True
                failures = 0 if run.struck else failures + 1
            return False
        finally:
            disturbance.end()
            self.ledger.chained(self.part.verb, self.part.kind, self.part.alone, self.runs, self.seconds)

    def _fault(self) -> dict:
        """
        A point by itself is found among those of its action: what comes before it may be more or less in another run. So may what comes in
        between, as what mends a release whose upgrade failed: up to the last point of all, whatever comes is struck.
        """
        if self.part.first < self.part.last:
            whole = self.part.last == len(self.ledger["points"][self.part.verb])
            return every(self.part.kind, self.part.first, 0 if whole else len(self.wanted))
        names = self.ledger["points"][self.part.verb][: self.part.first]
        service, action = names[-1].split()[:2]
        return every(self.part.kind, sum(name.split()[:2] == [service, action] for name in names), 1, service, action)

    def _judge(self, run: Disturbed) -> None:
        """
        A run that gets to another point, or to its end, tells for those before it; one that fails by itself, or finds things twice, against them.
        Whether the points struck in it were coped with, its own end tells.
        """
        if run.struck or run.code == 0:
            self._survived()
        elif self.pending:
            self._failed([f"run again, {self.part.verb} ended with {run.code}", *run.output.splitlines()[-LINES:]])
        numbers = []
        for name in map(point, run.struck):
            self._survived()
            numbers += self._struck(name)
        if numbers and self.part.kind in COPED:
            self.ledger.ended(self.part.verb, self.part.kind, numbers, run.code == 0, run.output.splitlines()[-LINES:])
        if problems := twice(self.box) if run.struck else []:
            self._failed(problems)
        elif run.code == 0:
            self._survived()

    def _struck(self, name: str) -> list[int]:
        """The number of the point it was, if it is one of those wanted."""
        number = next((number for number, wanted in self.wanted.items() if _base(wanted) == name), None)
        if number is None:
            return []
        self.wanted.pop(number)
        self.number, self.pending = number, [number]
        self.ledger.struck(self.part.verb, self.part.kind, number, self.part.alone)
        return [number]

    def _survived(self) -> None:
        for number in self.pending:
            self.ledger.survived(self.part.verb, self.part.kind, number)
        self.pending = []

    def _failed(self, problems: list[str]) -> None:
        self.ledger.failed(self.part.verb, self.part.kind, [self.number], problems)
        self.pending = []


def calibrated(box, verb: str) -> tuple[list[str], Disturbed]:
    """The points of a verb, in order, and its run."""
    disturbance = Disturbance(box, [every("noted")])
    run = disturbance.run(verb)
    disturbance.end()
    return numbered(run.struck), run


def _base(name: str) -> str:
    return name.rpartition(" (")[0] if name.endswith(")") else name

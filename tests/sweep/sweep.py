"""Every point of install and cleanup, struck in every way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from chain import Chain, Slice, calibrated
from checks import LINES, LOCK, installed, removed, tally
from ledger import Ledger
from roundtrip_world import boxed

VERBS = ("install", "cleanup")
KINDS = ("killed", "throttled", "error", "lost")
"""Killing takes longest: it goes first."""


class Sweep:
    """
    + scale: AWS's seconds in one of ours
    + verbs, kinds: what is disturbed, and how
    + first, last: points, counted from 1; ``None`` is the last there is
    + sandboxes: how many side by side
    + alone: points of each verb and kind that are struck in a sandbox of their own as well
    """

    def __init__(self, ledger: Ledger, scale: float, verbs, kinds, first: int = 1, last: int | None = None, sandboxes: int = 1, alone: int = 0):
        self.ledger, self.scale, self.verbs, self.kinds = ledger, scale, verbs, kinds
        self.first, self.last, self.sandboxes, self.alone = first, last, sandboxes, alone

    def run(self) -> bool:
        """Whether every point survived."""
        self.calibrate()
        for rounds in (self.rounds, self.unmet):
            with ThreadPoolExecutor(self.sandboxes) as pool:
                list(pool.map(self.round, rounds()))
        for parts in self.unmet():
            for verb, part in parts.items():
                self.ledger.failed(verb, part.kind, part.numbers, [f"{self.ledger['points'][verb][part.first - 1]} did not come up again: it was not struck"])
        return not self.ledger["failures"]

    def calibrate(self) -> None:
        """Count the points in a run that nothing happens to."""
        if self.ledger["tally"]:
            return
        with boxed() as box:
            box.up(self.scale)
            for verb in VERBS:
                points, run = calibrated(box, verb)
                assert run.code == 0, run.output
                self.ledger.count(verb, points, tally(box))
                self.ledger.say(f"{verb}: {len(points)} points, undisturbed in {run.seconds:.0f} s")
        self.ledger.save()

    def rounds(self) -> list[dict[str, Slice]]:
        """Each is done in a sandbox of its own: one slice of install, then one of cleanup."""
        found = []
        for kind in self.kinds:
            parts = [self.slices(verb, kind) for verb in self.verbs]
            found += [{part.verb: part for part in pair if part} for pair in zip(*parts, strict=True)]
        for kind in self.kinds:
            parts = [self.samples(verb, kind) for verb in self.verbs]
            found += [{part.verb: part for part in pair if part} for pair in zip(*parts, strict=True)]
        return [parts for parts in found if parts]

    def unmet(self) -> list[dict[str, Slice]]:
        """Points that did not come up in their chain, each for itself: a resumed run may have had nothing left to do there."""
        return [
            {verb: Slice(verb, kind, number, number)}
            for kind in self.kinds
            for verb in self.verbs
            for number in range(self.range(verb)[0], self.range(verb)[1] + 1)
            if not self.ledger.tried(verb, kind, number, alone=False)
        ]

    def slices(self, verb: str, kind: str) -> list[Slice | None]:
        """A verb's points, in as many slices as there are sandboxes where each point takes a run."""
        first, last = self.range(verb)
        number = self.sandboxes if kind == "killed" else 1
        size = -(-(last - first + 1) // number)
        return [self.untried(Slice(verb, kind, start, min(start + size - 1, last))) for start in range(first, first + size * number, size)]

    def untried(self, part: Slice) -> Slice | None:
        """The longest stretch of points that were not tried; others are `unmet`."""
        stretches = [[]]
        for number in part.numbers:
            if self.ledger.tried(part.verb, part.kind, number, part.alone):
                stretches.append([])
            else:
                stretches[-1].append(number)
        longest = max(stretches, key=len)
        return replace(part, first=longest[0], last=longest[-1]) if longest else None

    def samples(self, verb: str, kind: str) -> list[Slice | None]:
        """Points spread over the range, others for each kind."""
        first, last = self.range(verb)
        step, shift = (last - first + 1) / max(self.alone, 1), (KINDS.index(kind) + 0.5) / len(KINDS)
        numbers = [first + int(step * (number + shift)) for number in range(self.alone)]
        return [self.untried(Slice(verb, kind, number, number, alone=True)) for number in numbers]

    def range(self, verb: str) -> tuple[int, int]:
        points = len(self.ledger["points"][verb])
        return min(self.first, points), min(self.last or points, points)

    def round(self, parts: dict[str, Slice]) -> None:
        """A round that breaks off is told as a failure, and the next ones are gone through all the same."""
        self.ledger.check()
        try:
            with boxed() as box:
                rest = self.through(box.up(self.scale), parts)
        except (AssertionError, OSError) as error:
            part = next(iter(parts.values()))
            self.ledger.failed(part.verb, part.kind, None, f"{type(error).__name__}: {error}".splitlines()[-LINES:])
            return
        if rest:
            self.round(rest)

    def through(self, box, parts: dict[str, Slice]) -> dict[str, Slice]:
        """Install, look, clean up, look. Where a chain gets stuck an undisturbed cleanup follows; what is left to do is answered."""
        rest = dict(parts)
        for verb, check in (("install", installed), ("cleanup", removed)):
            part = rest.pop(verb, None)
            if not part:
                box.done(verb)
                continue
            chain = Chain(box, part, self.ledger)
            if not chain.go():
                box.done("cleanup")
                return {verb: replace(part, first=chain.number + 1), **rest} if chain.number < part.last else rest
            but = {LOCK} if (verb, part.kind) == ("install", "killed") else set()
            if problems := check(box, self.ledger["tally"][verb], but):
                self.ledger.failed(verb, part.kind, part.numbers, problems)
        return {}

"""One answered question about a platform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Check:
    """
    One answered question.

    + what: what was looked at
    + now: what is
    + wanted: what was wanted
    + more: what else a person may want to know of it
    + part: of the platform, as its wants have it
    """

    what: str
    now: str
    wanted: str
    more: str = ""
    part: str = ""

    @property
    def healthy(self) -> bool:
        """Whether it is as wanted."""
        return self.now == self.wanted

    def __str__(self):
        answer = self.now if self.healthy else f"{self.now}, wanted {self.wanted}"
        return f"{self.what}: {answer}" + (f" ({self.more})" if self.more else "")


def of(part: str, checks: Iterator[Check]) -> Iterator[Check]:
    """
    The checks as those of a part of the platform.

    + part: as its wants have it
    + checks: without a part
    """
    return (replace(check, part=part) for check in checks)

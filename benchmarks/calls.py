"""The calls AWS saw in a run."""

from __future__ import annotations

import json
from collections import Counter
from functools import cached_property

from botocore import xform_name

from connectors.aws.waiters import WAITERS

POLLED = {(service, waiter.action) for (service, _), waiter in WAITERS.items()}


class Calls:
    """
    + lines: of the sandbox's log of calls
    """

    def __init__(self, lines: list[dict]):
        self.lines = lines

    def __len__(self):
        return len(self.lines)

    @property
    def services(self) -> dict[str, int]:
        """How many went to each service, most first."""
        return dict(Counter(call["service"] for call in self.lines).most_common())

    @property
    def writes(self) -> int:
        """How many change something."""
        return sum(call["write"] for call in self.lines)

    @cached_property
    def polls(self) -> int:
        """How many only look again: a read that a wait is made of, sent again with the same parameters and no write to its service in between."""
        seen, polls = {}, 0
        for call in self.lines:
            asked = seen.setdefault(call["service"], set())
            if call["write"]:
                asked.clear()
                continue
            one = call["action"], json.dumps(call["params"], sort_keys=True)
            polls += one in asked and (call["service"], xform_name(call["action"])) in POLLED
            asked.add(one)
        return polls

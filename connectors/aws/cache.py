"""What has been read in this run, until a write makes it doubtful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from gevent.lock import Semaphore

from connectors.aws.effects import Effect


@dataclass
class Answer:
    """
    What was answered, and what of it is doubtful by now.

    + text: the answer
    + doubtful: names of things written since
    """

    text: str
    doubtful: set[str] = field(default_factory=set)


class ReadCache:
    """Answers by service, action and call. Reading side by side is fine; a write makes doubtful what it may have changed."""

    def __init__(self):
        self._answers: dict[tuple[str, str], dict[str, Answer]] = defaultdict(dict)
        self._asking: dict[tuple[str, str], Semaphore] = defaultdict(Semaphore)

    def answer(self, service: str, action: str, call: str, ask: Callable[[], str], about: str | None = None) -> str:
        """
        The answer to a call; who asks while another does waits for that one's answer.

        + service, action: whose call it is
        + call: action and parameters
        + ask: asks it
        + about: the one thing the asker wants to know of, where the call lists many: it may be asked for while others are doubtful
        """
        with self._asking[service, call]:
            answers = self._answers[service, action]
            known = answers.get(call)
            if known is None or (known.doubtful and (about is None or about in known.doubtful)):
                known = answers[call] = Answer(ask())
            return known.text

    def written(self, effect: Effect) -> None:
        """Forget what a write may have changed; of a write to one thing whose name is known, that thing alone."""
        for service, action in list(self._answers):
            if not effect.reaches(service, action):
                continue
            if effect.thing is None:
                del self._answers[service, action]
                continue
            for answer in self._answers[service, action].values():
                answer.doubtful.add(effect.thing)

    def clear(self) -> None:
        """Forget everything."""
        self._answers.clear()

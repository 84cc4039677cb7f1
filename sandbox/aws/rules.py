"""
What the sandbox adds to the emulator, registered by service and action.

A rule is a function of one `Call`; several actions may share it. In the order in which a call meets them:
`refuses` raises an `AwsError` or does nothing, `answers` takes the emulator's place, `follows` does what AWS does by itself
once the call has succeeded, `amends` corrects the answer.
"""

from collections import defaultdict
from collections.abc import Callable

refusing: dict[tuple[str, str], list[Callable]] = defaultdict(list)
answering: dict[tuple[str, str], Callable] = {}
following: dict[tuple[str, str], list[Callable]] = defaultdict(list)
amending: dict[tuple[str, str], list[Callable]] = defaultdict(list)


def refuses(service: str, *actions: str):
    """Before the call: `rule(call)` raises what AWS would answer."""
    return _register(refusing, service, actions)


def follows(service: str, *actions: str):
    """After the call succeeded: `rule(call)`; `call.answer` is what was answered."""
    return _register(following, service, actions)


def amends(service: str, *actions: str):
    """After the call succeeded: `rule(call, answer)` changes the answer in place."""
    return _register(amending, service, actions)


def answers(service: str, *actions: str):
    """Instead of the emulator: `rule(call)` returns the answer."""

    def register(rule):
        for action in actions:
            answering[service, action] = rule
        return rule

    return register


def _register(registry, service, actions):
    def register(rule):
        for action in actions:
            registry[service, action].append(rule)
        return rule

    return register

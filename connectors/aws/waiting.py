"""Waiting for a state of AWS, telling now and then how it stands."""

from __future__ import annotations

import json
import time

import jmespath

from connectors.aws import errors
from connectors.aws.errors import AwsFailure
from connectors.aws.sending import duration
from connectors.aws.telling import Telling
from connectors.aws.waiters import WAITERS
from connectors.commands.command import AwsCall, Wait

GROWTH = 0.03
"""What the pause between two polls grows by, of the time waited: it is never more than a few per cent of it."""

NOT_LISTED = object()


def wait(aws, wait: Wait, params: dict) -> None:
    """
    Poll until the awaited state; raises `AwsFailure` when it cannot be reached.

    + aws: what is polled
    + wait: what is waited for
    + params: its parameters, references replaced
    """
    waiter = WAITERS[wait.service, wait.state]
    thing = wait.about or " ".join([wait.service, wait.state.rsplit("_", 1)[0].replace("_", " "), *map(str, params.values())])
    call = AwsCall(wait.service, waiter.action, missing=waiter.gone, **params)
    absent_for = waiter.limit if waiter.made_by_others else aws.patience.seen
    telling = Telling(aws, thing)
    while True:
        answer = _polled(aws, call, telling.waited < absent_for)
        if answer is None:
            return
        state = "not listed yet" if answer is NOT_LISTED else jmespath.search(waiter.path, answer)
        if state in waiter.done:
            return
        waited = telling.waited
        if state in waiter.failed:
            reason = jmespath.search(waiter.reason, answer) if waiter.reason else None
            raise AwsFailure(f"{thing}: {state}, wanted {wait.state}" + (f": {json.dumps(reason, default=str)}" if reason else ""))
        if waited > waiter.limit:
            raise AwsFailure(f"{thing}: still {state} after {duration(waited)}, wanted {wait.state}; run again to go on waiting")
        telling.stands(state)
        time.sleep(max(0.05, min(aws.patience.look + waited * GROWTH, telling.due)))


def _polled(aws, call: AwsCall, may_be_absent: bool):
    """The answer, ``None`` when the thing is gone as awaited, `NOT_LISTED` while AWS does not know yet what it made a moment ago."""
    try:
        return aws.call(call)
    except AwsFailure as failure:
        if errors.absent(failure.code) and may_be_absent:
            return NOT_LISTED
        raise

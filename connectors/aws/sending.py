"""One call on its way to AWS: sent again where that is safe, looked for where it might be doubled, given up with one line."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from itertools import count
from uuid import uuid4

from connectors.aws import errors, messages
from connectors.aws.effects import effect
from connectors.aws.errors import AwsFailure
from connectors.aws.partial import raise_failures, warnings
from connectors.aws.removals import going
from connectors.commands.command import AwsCall

TRIES = 8
"""How often a call is sent that is throttled, does not get through or whose answer is lost."""

FIRST_TRIES = 3
"""The same for a service nothing has been heard of in this run: likely it cannot be reached at all; and for creates that are looked for in between."""

PAUSE = 0.2
"""Seconds before a call is sent again, doubled each time."""

IN_VAIN = 5
"""Seconds a removal is given to be let go of once another has waited in vain: what was in its way stays."""

TOKENS = ("ClientToken", "IdempotencyToken")
"""Parameters AWS takes as a client token without botocore knowing."""

NAMED = {"autoscaling", "budgets", "cloudwatch", "eks", "elbv2", "events", "iam", "logs", "rds", "s3", "secretsmanager", "sqs", "ssm"}
"""Services that know what they make by the name it is given: a second create is refused, or changes nothing."""

NAMED_CREATES = {"create_alias", "create_launch_template", "create_route", "create_security_group", "create_tags"}
"""Creates of other services of which the same is true."""

CREATES = ("create_", "allocate_", "run_", "request_", "copy_", "import_")


@dataclass(frozen=True)
class Patience:
    """
    How long AWS is given (seconds).

    + look: between the first two polls of something that is waited for; the pauses grow
    + seen: a thing made in this run to show up in its lists
    + not_yet: to know what it made a moment ago
    + release: to let go of what still uses a thing that is removed, for instance the network interfaces of a deleted cluster
    + objects: Kubernetes to remove an object, before its finalizers are removed by hand
    + silence: a cluster's API server to answer, before a cleanup goes on without it
    """

    look: float = 5
    seen: float = 30
    not_yet: float = 120
    release: float = 300
    objects: float = 600
    silence: float = 60


class Delivery:
    """
    One call, sent until AWS has answered it for good.

    + aws: whose client, cache, patience and log it uses
    + call: what is sent
    + params: its parameters, in clear
    """

    def __init__(self, aws, call: AwsCall, params: dict):
        self.aws, self.call = aws, call
        self.thing = f"{call.service} {call.action.replace('_', '-')}"
        client = aws.client(call.service)
        token = _token(client, call, params)
        self.has_token = bool(token)
        self.params = {**token, **params}
        self.send = _sender(client, call, params)
        self.started = time.monotonic()
        self.lost = False
        self.failures = 0

    def answer(self) -> dict | None:
        """AWS's answer, ``None`` when there is no such thing or nothing more to do; raises `AwsFailure`."""
        for attempt in count(1):
            try:
                answer = self.send(**self.params)
                self.aws.heard.add(self.call.service)
                raise_failures(self.call.service, self.call.action, answer, self.call.missing)
                for line in warnings(self.call.service, self.call.action, answer):
                    self.aws.log(f"{self.thing}: {line}")
                return answer
            except errors.SENDING as error:
                if isinstance(error, errors.ClientError):
                    self.aws.heard.add(self.call.service)
                if self._settled(error):
                    return None
                if self._made(error):
                    return {}
                if not self._again(error, attempt):
                    raise AwsFailure(messages.line(self.thing, error, self._cure(error)), errors.code(error)) from None
            time.sleep(min(PAUSE * 2**attempt, 10) * random.uniform(0.5, 1))

    @property
    def _doubles(self) -> bool:
        """Whether sending it once more could make a second thing."""
        named = self.call.service in NAMED or self.call.action in NAMED_CREATES
        return self.call.action.startswith(CREATES) and not self.has_token and not named

    def _settled(self, error) -> bool:
        """Whether there is nothing more to do: the second answer to a call whose first was lost says that it was carried out, or what it was for shows it."""
        code = errors.code(error)
        if code in self.call.missing:
            return True
        if not self.lost or errors.throttled(error) or errors.unreached(error) or errors.ambiguous(error):
            return False
        if self.call.removes:
            return errors.absent(code) or going(self.aws, self.call, self.params)
        return errors.there(code) or self._there()

    def _there(self) -> bool:
        """Whether what the call makes is there now."""
        if self.call.made is None:
            return False
        self.aws.cache.written(effect(self.call.service))
        return self.call.made.value() is not None

    def _made(self, error) -> bool:
        """Whether a create whose answer was lost turns out to have been carried out. AWS may take its time to list what it made."""
        if not self.call.writes or not errors.ambiguous(error):
            return False
        self.lost = True
        if not self._doubles or self.call.made is None:
            return False
        started = time.monotonic()
        while True:
            if self._there():
                return True
            if time.monotonic() - started >= self.aws.patience.seen:
                return False
            time.sleep(min(1, self.aws.patience.seen / 4))

    def _again(self, error, attempt: int) -> bool:
        waited = time.monotonic() - self.started
        if errors.throttled(error) or errors.unreached(error) or errors.ambiguous(error):
            self.failures += 1
            if self.failures == 4:
                self._tell(error, waited)
            return self.failures < self._tries(error)
        if self.call.writes and errors.not_yet(error):
            return waited < self.aws.patience.not_yet
        if self.call.removes and errors.still_used(error):
            if attempt % 5 == 0:
                self._tell(error, waited)
            if waited < self.aws.patience.release:
                return True
            self.aws.patience = replace(self.aws.patience, release=min(self.aws.patience.release, IN_VAIN))
        return False

    def _tries(self, error) -> int:
        if errors.ambiguous(error) and self._doubles:
            return 1 if self.call.made is None else FIRST_TRIES
        return TRIES if self.call.service in self.aws.heard else FIRST_TRIES

    def _tell(self, error, waited: float) -> None:
        self.aws.log(f"{self.thing}: {errors.code(error)}: {errors.message(error)}: tried again since {duration(waited)}")

    def _cure(self, error) -> str:
        if self.call.writes and errors.ambiguous(error) and self._doubles:
            return "whether it was carried out is not known: run the same command again in a minute, it looks before it makes anything"
        return ""


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``3m20s``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def _sender(client, call: AwsCall, params: dict):
    method = getattr(client, call.action)
    if call.writes or not client.can_paginate(call.action) or {"MaxResults", "maxResults", "MaxKeys"} & params.keys():
        return method
    return lambda **given: client.get_paginator(call.action).paginate(**given).build_full_result()


def _token(client, call: AwsCall, params: dict) -> dict:
    """A client token where AWS takes one, the same for every time the call is sent; none where the caller gave one."""
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.action])
    members = {*model.idempotent_members, *(name for name in TOKENS if model.input_shape and name in model.input_shape.members)}
    return {member: params.get(member) or uuid4().hex for member in members}

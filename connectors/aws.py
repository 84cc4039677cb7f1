"""The AWS half of the connector: one boto3 session per deployment, calls, retries and waits."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable
from functools import cached_property
from itertools import count

import boto3
import jmespath
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from gevent.pool import Pool

from connectors import errors
from connectors.cache import ReadCache
from connectors.command import AwsCall, AwsEach, Wait
from connectors.reference import Unresolved, resolve, unmasked
from connectors.waiters import WAITERS

NOT_YET_LIMIT = 120
"""Seconds AWS is given to know what it made a moment ago."""

SEEN_LIMIT = 30
"""Seconds a thing made in this run is given to show up in AWS's lists."""

RELEASE_LIMIT = 300
"""Seconds AWS is given to let go of what still uses a thing that is removed, for instance the network interfaces of a deleted cluster."""

TRIES = 8
"""How often a throttled call, or one whose answer was lost, is sent."""

for _chatty in ("boto3", "botocore", "urllib3", "kubernetes", "s3transfer"):
    logging.getLogger(_chatty).setLevel(logging.WARNING)


class AwsFailure(Exception):
    """A call failed for good. Its text is one line for a person."""


class Aws:
    """
    AWS as one deployment's settings and the caller's credentials see it.

    + region: of every call
    + log: where progress is told, one line at a time
    """

    def __init__(self, region: str, log: Callable[[str], None], endpoint: str | None = None, session: boto3.Session | None = None):
        self.region, self.log, self.endpoint = region, log, endpoint
        self.session = session or boto3.Session(region_name=region)
        self.cache = ReadCache()
        self.answers: dict[tuple[str, str], dict] = {}
        self._clients: dict = {}

    def client(self, service: str):
        """The service's boto3 client; calls are resent by `send` alone, never below it."""
        if service not in self._clients:
            config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=60, s3={"addressing_style": "path"} if self.endpoint else None)
            self._clients[service] = self.session.client(service, endpoint_url=self.endpoint, config=config)
        return self._clients[service]

    @cached_property
    def caller(self) -> dict:
        """Who the credentials belong to: ``Account``, ``Arn``."""
        return self.call(AwsCall("sts", "get_caller_identity"))

    def read(self, call: AwsCall) -> str:
        """A read call's answer as JSON, from the cache if nothing was written since; empty when there is no such thing."""
        params = resolve(call.params)
        key = f"{call.action} {json.dumps(unmasked(params), sort_keys=True)}"
        answer = self.cache.get(call.service, key)
        if answer is None:
            answer = self._answer(call, params)
            self.cache.put(call.service, key, answer)
        return answer

    def read_each(self, command: AwsEach) -> str:
        """The answers for all that is listed as a JSON list; empty when there is nothing to list them in."""
        listed = self.read(command.listing)
        if not listed:
            return ""
        calls = [
            AwsCall(command.each.service, command.each.action, missing=command.each.missing, **command.each.params, **item)
            for item in jmespath.search(command.items, json.loads(listed)) or []
        ]
        return json.dumps([json.loads(answer) for answer in Pool(8).map(self.read, calls) if answer])

    def write(self, call: AwsCall) -> str:
        """Send a call that changes AWS; its answer as JSON."""
        params = self._resolved(call.params)
        try:
            answer = self._answer(call, params)
            self.answers[call.service, call.action] = json.loads(answer or "{}")
            return answer
        finally:
            self.cache.written(call.service)

    def call(self, call: AwsCall):
        """The answer of a read call, parsed, not from the cache; ``None`` when there is no such thing."""
        answer = self._answer(call, resolve(call.params))
        return json.loads(answer) if answer else None

    def wait(self, wait: Wait) -> None:
        """Poll until the awaited state, telling now and then how it stands; raises `AwsFailure` when it cannot be reached."""
        waiter = WAITERS[wait.service, wait.state]
        params = self._resolved(wait.params)
        thing = " ".join([wait.service, wait.state.rsplit("_", 1)[0].replace("_", " "), *map(str, params.values())])
        call = AwsCall(wait.service, waiter.action, missing=waiter.gone, **params)
        start = told = time.monotonic()
        try:
            while True:
                answer = self._answer(call, params)
                if not answer:
                    return
                state = jmespath.search(waiter.path, json.loads(answer))
                if state in waiter.done:
                    return
                waited = time.monotonic() - start
                if state in waiter.failed:
                    reason = jmespath.search(waiter.reason, json.loads(answer)) if waiter.reason else None
                    raise AwsFailure(f"{thing}: {state}, wanted {wait.state}" + (f": {json.dumps(reason)}" if reason else ""))
                if waited > waiter.limit:
                    raise AwsFailure(f"{thing}: still {state} after {duration(waited)}, wanted {wait.state}; run again to go on waiting")
                if time.monotonic() - told >= 15:
                    told = time.monotonic()
                    self.log(f"{thing}: {state}, {duration(waited)}")
                time.sleep(min(max(waited * 0.05, 0.25), 15))
        finally:
            self.cache.written(wait.service)

    def _resolved(self, params: dict) -> dict:
        started = time.monotonic()
        while True:
            try:
                return resolve(params)
            except Unresolved:
                if not self.answers or time.monotonic() - started > SEEN_LIMIT:
                    raise
                time.sleep(1)
                self.cache.clear()

    def _answer(self, call: AwsCall, params: dict) -> str:
        answer = self._send(call, unmasked(params))
        if answer is None:
            return ""
        answer.pop("ResponseMetadata", None)
        return json.dumps(answer, default=_json)

    def _send(self, call: AwsCall, params: dict):
        thing = f"{call.service} {call.action.replace('_', '-')}"
        try:
            client = self.client(call.service)
            send = _sender(client, call, params)
            params = _with_token(client, call, params)
        except BotoCoreError as error:
            raise AwsFailure(errors.line(thing, error)) from None
        lost, started = False, time.monotonic()
        for attempt in count(1):
            try:
                return send(**params)
            except (ClientError, BotoCoreError) as error:
                code = errors.code(error)
                if code in call.missing or (lost and call.writes and _took_effect(call, code)):
                    return None
                again = attempt < TRIES and (errors.throttled(error) or errors.ambiguous(error))
                if errors.ambiguous(error) and call.writes:
                    lost = True
                    if call.made is not None and again:
                        time.sleep(_pause(attempt))
                        self.cache.written(call.service)
                        if call.made.value() is not None:
                            return {}
                if errors.not_yet(error) and call.writes and time.monotonic() - started < NOT_YET_LIMIT:
                    again = True
                if errors.still_used(error) and call.removes and time.monotonic() - started < RELEASE_LIMIT:
                    again = True
                    if attempt % 5 == 0:
                        self.log(f"{thing}: {errors.message(error)}, {duration(time.monotonic() - started)}")
                if not again:
                    raise AwsFailure(errors.line(thing, error)) from None
                if attempt == 4:
                    self.log(f"{thing}: {errors.code(error)}, tried again since {duration(time.monotonic() - started)}")
                time.sleep(_pause(attempt))


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``3m20s``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"


def _pause(attempt: int) -> float:
    return min(0.2 * 2**attempt, 10) * random.uniform(0.5, 1)


def _sender(client, call: AwsCall, params: dict):
    method = getattr(client, call.action)
    if call.writes or not client.can_paginate(call.action) or {"MaxResults", "maxResults", "MaxKeys"} & params.keys():
        return method
    return lambda **given: client.get_paginator(call.action).paginate(**given).build_full_result()


def _with_token(client, call: AwsCall, params: dict) -> dict:
    """The parameters with a client token where AWS takes one, the same for every time the call is sent."""
    from uuid import uuid4

    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[call.action])
    tokens = {member: str(uuid4()) for member in model.idempotent_members if member not in params}
    return {**tokens, **params}


def _took_effect(call: AwsCall, code: str) -> bool:
    """Whether an error says that a call whose answer was lost had been carried out."""
    if call.removes:
        return any(part in code for part in errors.GONE)
    return any(part in code for part in errors.ALREADY)


def _json(value):
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "read"):
        return value.read().decode()
    raise TypeError(f"{type(value).__name__} in an answer of AWS")

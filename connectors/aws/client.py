"""The AWS half of the connector: what is read, written and waited for as one deployment's settings and the caller's credentials see it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from functools import cached_property

import jmespath
from botocore.exceptions import BotoCoreError
from gevent.pool import Pool

from connectors.aws import loggers, messages
from connectors.aws.cache import ReadCache
from connectors.aws.effects import effect
from connectors.aws.errors import AwsFailure
from connectors.aws.sending import Delivery, Patience, duration
from connectors.aws.session import Credentials, client
from connectors.aws.waiting import wait as waited_for
from connectors.commands.command import AwsCall, AwsEach, Wait
from connectors.commands.masking import masked, secrets_in
from connectors.commands.reference import Unresolved, resolve, unmasked
from settings.regions import asked_in

__all__ = ["Aws", "AwsFailure", "Patience", "duration"]

loggers.hold()


class Aws:
    """
    AWS as one deployment reaches it.

    + region: of every call, but of services that are in few
    + log: where progress is told, one line at a time
    + endpoint: where AWS is, ``None`` for boto3's own choice
    + credentials: whose calls these are, ``None`` for boto3's own choice
    + patience: how long AWS is given
    + shown: what shows how something stands that is waited for, given a line; it answers whether it does, and the line need not be logged
    """

    def __init__(
        self,
        region: str,
        log: Callable[[str], None],
        endpoint: str | None = None,
        credentials: Credentials | None = None,
        patience: Patience | None = None,
        shown: Callable[[str], bool] = lambda line: False,
    ):
        self.shown = shown
        self.region, self.log, self.endpoint, self.credentials = region, log, endpoint, credentials
        self.patience = patience or Patience()
        self.cache = ReadCache()
        self.answers: dict[tuple[str, str], dict] = {}
        self.heard: set[str] = set()
        self._clients: dict = {}

    def client(self, service: str):
        """The service's client; raises `AwsFailure` where there can be none."""
        if service not in self._clients:
            try:
                self._clients[service] = client(service, asked_in(self.region, service), self.endpoint, self.credentials)
            except (BotoCoreError, ValueError) as error:
                raise AwsFailure(messages.line(service, error, messages.CURES["InvalidEndpoint"] if "endpoint" in str(error).lower() else "")) from None
        return self._clients[service]

    @cached_property
    def caller(self) -> dict:
        """Who the credentials belong to: ``Account``, ``Arn``."""
        return self.call(AwsCall("sts", "get_caller_identity"))

    def read(self, call: AwsCall) -> str:
        """A read call's answer as JSON, from the cache if nothing was written since; empty when there is no such thing."""
        params = resolve(call.params)
        key = f"{call.action} {json.dumps(unmasked(params), sort_keys=True)}"
        return self.cache.answer(call.service, call.action, key, lambda: self._answer(call, params), call.about)

    def read_each(self, command: AwsEach) -> str:
        """The answers for all that is listed, each with what it was asked for, as a JSON list; empty when there is nothing to list them in."""
        listed = self.read(command.listing)
        if not listed:
            return ""
        each, shared = command.each, resolve(command.each.params)
        items = jmespath.search(command.items, json.loads(listed)) or []
        calls = [AwsCall(each.service, each.action, missing=each.missing, **shared, **item) for item in items]
        answers = zip(items, Pool(8).map(self.read, calls), strict=True)
        return json.dumps([{**item, **json.loads(answer)} for item, answer in answers if answer])

    def write(self, call: AwsCall) -> str:
        """Send a call that changes AWS; its answer as JSON."""
        params = self._resolved(call.params)
        try:
            answer = self._answer(call, params)
            self.answers[call.service, call.action] = json.loads(answer or "{}")
            return answer
        finally:
            self.cache.written(effect(call.service, call.action, params))

    def call(self, call: AwsCall):
        """The answer of a read call, parsed, not from the cache; ``None`` when there is no such thing."""
        answer = self._answer(call, resolve(call.params))
        return json.loads(answer) if answer else None

    def wait(self, wait: Wait) -> None:
        """Poll until the awaited state; raises `AwsFailure` when it cannot be reached."""
        try:
            waited_for(self, wait, self._resolved(wait.params))
        finally:
            self.cache.written(effect(wait.service, wait.state))

    def _resolved(self, params: dict) -> dict:
        """The parameters with their references replaced; what was made in this run is given time to be listed."""
        started = time.monotonic()
        while True:
            try:
                return resolve(params)
            except Unresolved:
                if not self.answers or time.monotonic() - started > self.patience.seen:
                    raise
                time.sleep(min(1, self.patience.seen / 4))
                self.cache.clear()

    def _answer(self, call: AwsCall, params: dict) -> str:
        try:
            answer = Delivery(self, call, unmasked(params)).answer()
        except AwsFailure as failure:
            raise AwsFailure(masked(str(failure), secrets_in(params)), failure.code) from None
        if answer is None:
            return ""
        answer.pop("ResponseMetadata", None)
        return json.dumps(answer, default=_json)


def _json(value):
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "read"):
        return value.read().decode()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in an answer of AWS")

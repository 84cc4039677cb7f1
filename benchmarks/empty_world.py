"""What a want's commands refer to, found in an account where nothing exists."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

from connectors.commands.command import AwsCall, Command, ToolCommand
from connectors.commands.reference import Answer, Json, Ref, Text
from facts.k8s import Planned

MADE_BY = {"secrets.secret_value": "secrets.secret", "kms.own_keys": "kms.key", "rds.ca_bundle": None}
"""Facts that are not called as what makes them; ``None``: nobody has to."""


class EmptyWorld:
    """A host in an account where nothing exists."""

    in_op = False

    def __init__(self, deployment: str = "airflow-dev"):
        self.name = f"@eks/{deployment}"
        self.data = SimpleNamespace(deployment=deployment)
        self.connector = SimpleNamespace(aws=SimpleNamespace(answers={}), seen=set())

    def get_fact(self, fact, **arguments):
        if fact is Planned:
            return [[None, item] for item in arguments["manifest"].objects]
        return fact.default()

    def noop(self, description):
        pass


def references(value) -> Iterator[Ref]:
    """Every reference in a command, or in a part of one."""
    if isinstance(value, Answer):
        return
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Text):
        yield from references(value.parts)
    elif isinstance(value, Json):
        yield from references(value.document)
    elif isinstance(value, dict):
        yield from references(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
    elif isinstance(value, AwsCall):
        yield from references(value.params)
    elif isinstance(value, ToolCommand):
        yield from references([value.stdin, value.arguments])
    elif isinstance(value, Command):
        yield from references({key: item for key, item in vars(value).items() if key != "changes"})


def maker(ref: Ref) -> str | None:
    """The want that makes what is referred to, as a want prints."""
    module, _, fact = ref.fact.name.removeprefix("facts.").rpartition(".")
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", fact).lower()
    kind = f"{module.split('.')[0]}.{noun}"
    kind = MADE_BY.get(kind, kind)
    return kind and f"{kind} {next(iter(ref.arguments.values()))}"

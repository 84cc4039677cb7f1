"""What a list of wants comes to before anything is sent: what each would do, or why AWS refuses it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from gevent.pool import Pool
from pyinfra.api.exceptions import FactError, OperationError
from pyinfra.context import ctx_host, host

from connectors.commands.command import AwsCall, Wait
from connectors.kubernetes.address import Address
from connectors.kubernetes.rollout import Rollout
from connectors.output import lines
from deploys.blocks import FIELDS, telling, told
from deploys.want import Want
from operations.differ import RestsOnMissing

CREATES = ("create_", "allocate_", "request_", "run_")
PUTS = ("put_rule",)
"""Calls that create or change; what they are sent for tells which."""

AT_ONCE = 16
"""How many things are looked at side by side."""

SIGNS = {**lines.SIGNS, "wait": "~", "refused": "!"}
COLOURS = {**lines.COLOURS, "wait": "yellow", "refused": "red"}


@dataclass(frozen=True)
class Step:
    """
    What one want comes to.

    + want: what is wanted
    + commands: what would be sent
    + refusal: why it cannot be had
    + follows: whether it is refused for another thing's sake
    """

    want: Want
    commands: list = field(default_factory=list)
    refusal: str = ""
    follows: bool = False

    @property
    def verb(self) -> str:
        """``create``, ``change``, ``remove``, ``wait`` or ``refused``."""
        if self.refusal:
            return "refused"
        if not self.want.present or self.want.stray:
            return "remove"
        if all(isinstance(command, (Wait, Rollout, Address)) for command in self.commands):
            return "wait"
        first = self.commands[0]
        if isinstance(first, AwsCall):
            made = first.action.startswith(CREATES) and not first.changes
            return "create" if made or (first.action in PUTS and self.new) else "change"
        return "create" if self.new else "change"

    @property
    def new(self) -> bool:
        """Whether nothing of it is there."""
        return all(change.now is None and not (change.part and change.field) for change in self.changes)

    @property
    def changes(self) -> list:
        """The fields that differ."""
        return [change for command in self.commands for change in command.changes]

    def lines(self, commands: bool = False) -> list[str]:
        """
        The step for a person: a line for the thing, one for each field, and all of it with the commands if wanted.

        + commands: whether to show what would be sent, and every field
        """
        head = f"{SIGNS[self.verb]} {self.want}"
        if self.refusal:
            return [f"{head}: {self.refusal}"]
        return [head, *(f"    {line}" for line in self.fields(None if commands else FIELDS)), *(f"    {command}" for command in self.commands if commands)]

    def fields(self, most: int | None = None) -> list[str]:
        """
        What differs for a person, a line for each field; of a new thing what tells most about it.

        + most: lines at most, ``None`` for all
        """
        fields = told(self.changes, most, new=self.verb == "create")
        return fields or list(filter(None, [telling(self.want) if self.verb == "create" else ""]))

    def record(self) -> dict:
        """The step for a machine."""
        return {
            "kind": self.want.kind,
            "thing": self.want.subject,
            "part": self.want.part or None,
            "verb": self.verb,
            "changes": [
                {"part": change.part or None, "field": change.field or None, "now": _plain(change.now), "wanted": _plain(change.wanted)}
                for change in self.changes
            ],
            "lines": [] if self.refusal else self.fields(),
            "commands": [str(command) for command in self.commands],
            "refusal": self.refusal or None,
        }


def plan(wants: list[Want]) -> list[Step]:
    """
    The steps of all wants that are not as declared, in their order. Only reads are sent, side by side.

    Of refusals that follow from another only that other one is told.
    """
    verbose, host.state.print_noop_info = host.state.print_noop_info, False
    try:
        steps = [step for step in side_by_side(_step, wants) if step.commands or step.refusal]
    finally:
        host.state.print_noop_info = verbose
    explained = any(step.refusal and not step.follows for step in steps)
    return [step for step in steps if not (step.follows and explained)]


def side_by_side(look, things) -> list:
    """
    What looking at each of several things answers, in their order.

    + look: what reads
    + things: what it is given, one at a time
    """
    deployment = ctx_host.get()

    def one(thing):
        with ctx_host.use(deployment):
            return look(thing)

    return Pool(AT_ONCE).map(one, things)


def counted(steps: list[Step]) -> str:
    """The closing line: how many things would be created, changed and removed."""
    count = Counter(step.verb for step in steps)
    parts = [f"{count[verb]} to {verb}" for verb in ("create", "change", "remove")]
    parts += [f"{count['wait']} to wait for"] if count["wait"] else []
    parts += [f"{count['refused']} refused"] if count["refused"] else []
    return ", ".join(parts) if steps else "nothing to do: everything is as declared"


def _step(want: Want) -> Step:
    try:
        return Step(want, want.commands())
    except FactError:
        raise
    except OperationError as error:
        return Step(want, refusal=str(error), follows=isinstance(error, RestsOnMissing))


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)

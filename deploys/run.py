"""What install, verify and cleanup have in common: the declared list, its plan, the refusals."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import config, host

from connectors.output import run as output
from connectors.output.lines import about
from deploys.at_risk import GUESTS, Risk, tell_risks
from deploys.dependants import dependants
from deploys.expectation import Expected
from deploys.plan import COLOURS, Step, counted, plan
from deploys.platform import platform
from deploys.quotas import short
from deploys.record import keep, of_run
from deploys.unmanaged import unlisted, unmanaged
from deploys.versions import kept
from deploys.want import Want, tagged
from deploys.zones import placed
from operations import foreign
from operations.differ import shown
from settings import Settings


def found(settings: Settings) -> Settings:
    """The settings with what is there decided by what is there: versions and zones."""
    return placed(kept(settings))


def declared(choose=found) -> tuple[Settings, list[Want]]:
    """
    The host's settings and everything they want, in the order of the platform.

    + choose: decides on what the settings leave open
    """
    if "--no-wait" in sys.argv:
        raise PyinfraError("--no-wait hides failures behind exit code 0: leave it out, hosts run side by side anyway")
    settings = choose(host.connector.settings)
    wants = listed(settings)
    return settings, pruning(wants) if settings.prune else wants


def listed(settings: Settings) -> list[Want]:
    """Everything the settings want, in the order of the platform, marked as the deployment's."""
    return tagged(platform(settings), settings.tag)


def forwards(wants: list[Want]) -> list[Want]:
    """Install's order: what is unwanted or may be astray goes first, backwards; then what is wanted comes, forwards."""
    unwanted = [want for want in wants if want.stray or not want.present]
    return [*reversed(unwanted), *(want for want in wants if want not in unwanted)]


def backwards(wants: list[Want]) -> list[Want]:
    """Cleanup's order: everything unwanted, mirrored."""
    return [want.absent() for want in reversed(wants)]


def pruning(wants: list[Want]) -> list[Want]:
    """The wants as ``prune=true`` would have them: things no longer listed count."""
    return [replace(want, fields={**want.fields, "prune": True}) if want.stray else want for want in wants]


def planned(settings: Settings, wants: list[Want], cost: Callable | None = None, **more) -> list[Step]:
    """
    The plan of a run, told to the person and kept for ``--data json=FILE`` and ``html=FILE``.

    + wants: in the order of the run
    + cost: what tells what it adds to the month, and answers that for the record, and why it is too much
    + more: what else its record tells

    Raises `PyinfraError` when AWS refuses any of it: before anything is sent.
    """
    steps = plan(wants)
    refusals = [step for step in steps if step.refusal]
    if config.DIFF or refusals:
        for step in refusals if not config.DIFF else steps:
            tell(step)
    elif host.state.should_check_for_changes():
        tell_briefly(steps)
    overrides = [overriding(*item) for item in settings.overrides()]
    for line in overrides:
        host.log(line)
    foreigners = foreign.named()
    for line in foreigners:
        host.log_styled(f"? {line}: left alone", fg="yellow")
    quotas = [] if refusals else short(settings, steps)
    for line in quotas:
        host.log_styled(f"! {line}", fg=COLOURS["refused"])
    spending, over = cost(settings, wants, steps) if cost and not refusals else (None, "")
    found = {
        "summary": counted(steps),
        "steps": [step.record() for step in steps],
        "quotas": quotas,
        "left_alone": foreigners,
        "overrides": overrides,
        "cost": spending,
        **more,
    }
    record = {**of_run(settings, wants), **found}
    expected = Expected(wants, steps, keep=lambda results, seconds: keep(settings, {**record, "results": results, "seconds": seconds}))
    output.expect(host.connector.host, expected)
    host.log(counted(steps) + (f", {about(expected.seconds)}" if expected.total and not (refusals or quotas or over) else ""))
    keep(settings, record)
    if refusals:
        raise PyinfraError(f"{host.name}: {len(refusals)} of the changes cannot be made (listed above); nothing was sent")
    if quotas:
        raise PyinfraError(f"{host.name}: {len(quotas)} quotas are too small for what would be made (listed above); nothing was sent")
    if over:
        raise PyinfraError(f"{host.name}: {over}")
    return steps


def overriding(release: str, path: str, ours, theirs) -> str:
    """
    A value of the inventory's that is laid over the project's, for a person.

    + release, path: which
    + ours, theirs: the project's, and the inventory's
    """
    beside = "which the project leaves to the chart" if ours is None else f"the project's own is {shown(ours)}"
    return f"value {path} of {release} is {shown(theirs)}, {beside}"


def tell(step: Step) -> None:
    """Say what one step comes to; with ``-v`` also the commands that would be sent."""
    for line in step.lines(commands=host.state.print_fact_info):
        host.log_styled(line, fg=COLOURS[step.verb])


def tell_briefly(steps: list[Step]) -> None:
    """Say what a person is about to confirm, a line for each thing."""
    for step in steps:
        host.log_styled(step.lines()[0], fg=COLOURS[step.verb])


def tell_strangers(settings: Settings, wants: list[Want]) -> None:
    """Say what install leaves alone: things with the deployment's tag that it does not own, and things that are no longer listed."""
    for line in [*unlisted(wants), *unmanaged(settings, wants)]:
        host.log_styled(f"? {line}", fg="yellow")


def confirm(settings: Settings, lost: list[Risk]) -> None:
    """
    Raise `PyinfraError` for a deployment that is protected, or that others use, and that was not named.

    + lost: the data that would go
    """
    if settings.protect or any(risk.kind == GUESTS for risk in lost):
        why = "is protected (protect = True)" if settings.protect else "has guests in its cluster"
        named = f", and its data would go: {', '.join(map(str, lost))}" if lost else ""
        _named(settings, why, named, "to remove it all the same")


def spare(settings: Settings, wants: list[Want], steps: list[Step]) -> None:
    """
    Raise `PyinfraError` for a deployment that others use, that was not named, and of which parts would go that they use.

    + wants: all of the platform
    + steps: what is planned
    """
    lost = dependants(settings.deployment, wants, [step.want for step in steps if step.verb == "remove"])
    tell_risks(lost)
    if lost:
        _named(settings, "has guests in its cluster", f", and they would lose: {', '.join(map(str, lost))}", "to switch it off all the same")


def _named(settings: Settings, why: str, lost: str, to: str) -> None:
    if settings.confirm != settings.deployment:
        given = settings.confirm or "not given"
        raise PyinfraError(f"{settings.deployment} {why}, and confirm is {given}{lost}: {to} add --data confirm={settings.deployment}")

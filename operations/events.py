"""Operations on EventBridge: rules that pass events on."""

from __future__ import annotations

import json

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Json
from facts.events import MISSING, Rule, RuleTags, Targets
from operations import tags as tag
from operations.differ import Change, differing, shown
from operations.foreign import absent
from operations.ownership import own


@operation()
def rule(rule: str, pattern: dict | None = None, targets: dict | None = None, description: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a rule of the default event bus.

    + rule: its name
    + pattern: the events it takes
    + targets: ARNs of what they are passed to, by id (owned: others are taken away)
    + description: what it is for
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** pattern, description, targets and tags are put right, and a rule somebody switched off is switched on again. A rule without
    the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        events.rule(
            rule="airflow-dev-karpenter-health",
            pattern={"source": ["aws.health"], "detail-type": ["AWS Health Event"]},
            targets={"queue": "arn:aws:sqs:us-west-2:123456789012:airflow-dev-karpenter"},
            name="Events about the health of nodes",
        )
    """
    now = host.get_fact(Rule, rule=rule)
    tagged = host.get_fact(RuleTags, rule=rule) if now else None
    now = own("rule", rule, now, tagged, present)
    passed = {target["Id"]: target["Arn"] for target in host.get_fact(Targets, rule=rule) or ()} if now else {}
    if not present:
        if now:
            if passed:
                yield AwsCall("events", "remove_targets", missing=MISSING, Rule=rule, Ids=list(passed))
            yield AwsCall("events", "delete_rule", missing=MISSING, Name=rule)
        else:
            absent("rule", rule, now)
        return
    said = {"Name": rule, "EventPattern": Json(pattern), "State": "ENABLED", **({"Description": description} if description else {})}
    changes = (*differing(now, State="ENABLED", Description=description), *_repatterned(now, pattern)) if now else (Change("pattern", None, shown(pattern)),)
    missing = {name: arn for name, arn in (targets or {}).items() if passed.get(name) != arn}
    extra = [name for name in passed if targets is not None and name not in targets]
    retagged = tag.missing(tagged, tags or {}) if now else ()
    if changes:
        yield AwsCall("events", "put_rule", **said, **({"Tags": tag.listed(tags)} if tags and not now else {})).because(changes)
    if missing:
        wanted = [{"Id": name, "Arn": arn} for name, arn in missing.items()]
        yield AwsCall("events", "put_targets", Rule=rule, Targets=wanted).because(
            [Change(f"target {name}", passed.get(name), arn) for name, arn in missing.items()]
        )
    if extra:
        yield AwsCall("events", "remove_targets", missing=MISSING, Rule=rule, Ids=extra).because(
            [Change(f"target {name}", passed[name], None) for name in extra]
        )
    if retagged:
        yield AwsCall("events", "tag_resource", ResourceARN=now["Arn"], Tags=tag.listed(tags)).because(retagged)
    if not (changes or missing or extra or retagged):
        host.noop(f"rule {rule} is already present")


def _repatterned(now: dict, pattern: dict | None) -> tuple[Change, ...]:
    return () if pattern is None else differing({"pattern": [json.loads(now.get("EventPattern") or "{}")]}, pattern=[pattern])

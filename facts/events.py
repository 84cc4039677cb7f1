"""Facts about EventBridge: the rules of the default bus."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

MISSING = ("ResourceNotFoundException",)


def _rules(rule: str) -> AwsCall:
    return AwsCall("events", "list_rules", about=rule)


class Rule(AwsFact):
    """
    Returns the rule of this name, or ``None``: ``Arn``, ``State``, ``EventPattern`` (JSON text), ``Description``. All of the bus come in one read.

    + rule: its name

    .. code:: python

        {"Name": "airflow-dev-karpenter-health", "Arn": "arn:aws:events:...", "State": "ENABLED", "EventPattern": '{"source": [...]}', ...}
    """

    def command(self, rule):
        self.pick = f"Rules[?Name=='{rule}'] | [0]"
        return _rules(rule)


class Targets(AwsFact):
    """
    Returns the targets of a rule, or ``None`` when it is absent: ``Id``, ``Arn``.

    + rule: the rule's name
    """

    pick = "Targets"

    def command(self, rule):
        return AwsCall("events", "list_targets_by_rule", missing=MISSING, Rule=rule)


class RuleTags(AwsFact):
    """
    Returns the tags of a rule, or ``None`` when it is absent: ``Key``, ``Value``.

    + rule: the rule's name
    """

    pick = "[0].Tags"

    def command(self, rule):
        return AwsEach(
            _rules(rule),
            f"Rules[?Name=='{rule}'].{{ResourceARN: Arn}}",
            AwsCall("events", "list_tags_for_resource", missing=MISSING),
        )

"""Facts about Cost Explorer: what was spent. Each request costs a cent."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT, DEPLOYMENT_TAG
from facts.aws import AwsFact

NO_DATA = ("DataUnavailableException",)


class CostTag(AwsFact):
    """
    Returns what is known of the deployment's tag as a cost allocation tag, or ``None`` where the bill has not met it yet: ``Status``, ``LastUpdatedDate``.
    """

    pick = "CostAllocationTags[0]"

    def command(self):
        return AwsCall("ce", "list_cost_allocation_tags", TagKeys=[DEPLOYMENT_TAG], Type="UserDefined")


class Spent(AwsFact):
    """
    Returns what the deployment cost by service (US dollars), or ``None`` where there are no figures yet.

    + start: the first day, ``2026-10-01``
    + end: the day after the last

    .. code:: python

        {"Amazon Relational Database Service": 47.45, ...}
    """

    pick = "ResultsByTime[].Groups[]"

    def command(self, start, end):
        return AwsCall(
            "ce",
            "get_cost_and_usage",
            missing=NO_DATA,
            TimePeriod={"Start": start, "End": end},
            Granularity="MONTHLY",
            Metrics=["UnblendedCost"],
            Filter={"Tags": {"Key": DEPLOYMENT_TAG, "Values": [DEPLOYMENT]}},
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}],
        )

    def process(self, output):
        spent: dict[str, float] = {}
        for group in super().process(output):
            spent[group["Keys"][0]] = spent.get(group["Keys"][0], 0.0) + float(group["Metrics"]["UnblendedCost"]["Amount"])
        return spent

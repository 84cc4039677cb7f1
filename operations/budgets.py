"""Operations on AWS Budgets: an alert before a deployment costs more than it may."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT_TAG
from facts.budgets import MISSING, Budget, BudgetTags, Subscribers
from operations import tags as tag
from operations.differ import Change
from operations.foreign import absent
from operations.ownership import own

NOTIFICATIONS = tuple(
    {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": threshold, "ThresholdType": "PERCENTAGE"}
    for kind, threshold in (("ACTUAL", 80.0), ("FORECASTED", 100.0))
)
"""Told when four fifths are spent, and when the month is going to cost more."""


@operation()
def budget(
    budget: str,
    arn: str | None = None,
    account: str | None = None,
    limit: float | None = None,
    alerts: list | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a monthly budget for what carries the deployment's tag.

    + budget: its name
    + arn: of it
    + account: whose
    + limit: what a month may cost (US dollars)
    + alerts: addresses that are told when four fifths are spent, and when more than all is forecast (whole)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** limit, alerts and tags are put right. A budget without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        budgets.budget(
            budget="airflow-dev-us-west-2",
            arn="arn:aws:budgets::123456789012:budget/airflow-dev-us-west-2",
            account="123456789012",
            limit=1200,
            alerts=["platform@example.com"],
            name="Budget",
        )
    """
    now = host.get_fact(Budget, budget=budget, account=account)
    tagged = host.get_fact(BudgetTags, arn=arn) if now else None
    now = own("budget", budget, now, tagged, present)
    named = {"AccountId": account, "BudgetName": budget}
    if not present:
        if now:
            yield AwsCall("budgets", "delete_budget", missing=MISSING, **named)
        else:
            absent("budget", budget, now)
        return
    people = [{"SubscriptionType": "EMAIL", "Address": address} for address in alerts or []]
    if not now:
        yield AwsCall(
            "budgets",
            "create_budget",
            AccountId=account,
            Budget=_wanted(budget, limit),
            NotificationsWithSubscribers=[{"Notification": one, "Subscribers": people} for one in NOTIFICATIONS] if people else [],
            ResourceTags=tag.listed(tags or {}),
        )
        return
    told = {number: host.get_fact(Subscribers, budget=budget, account=account, notification=one) for number, one in enumerate(NOTIFICATIONS)}
    amount, retagged = float(now["BudgetLimit"]["Amount"]), tag.missing(tagged, tags or {})
    commands = []
    if limit is not None and amount != limit:
        commands.append(AwsCall("budgets", "update_budget", AccountId=account, NewBudget=_wanted(budget, limit)).because([Change("limit", amount, limit)]))
    for number, one in enumerate(NOTIFICATIONS):
        commands += _alerted({**named, "Notification": one}, told[number], people)
    if retagged:
        commands.append(AwsCall("budgets", "tag_resource", ResourceARN=arn, ResourceTags=tag.listed(tags)).because(retagged))
    yield from commands
    if not commands:
        host.noop(f"budget {budget} is already present")


def _wanted(budget: str, limit: float) -> dict:
    return {
        "BudgetName": budget,
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": f"{limit:.2f}", "Unit": "USD"},
        "FilterExpression": {"Tags": {"Key": DEPLOYMENT_TAG, "Values": [host.data.deployment]}},
        "Metrics": ["UnblendedCost"],
    }


def _alerted(which: dict, now: list | None, wanted: list) -> list[AwsCall]:
    """What makes those who are told of one thing those who are wanted; AWS keeps no notification that nobody is told."""
    there, addresses = sorted(one["Address"] for one in now or []), sorted(one["Address"] for one in wanted)
    if there == addresses:
        return []
    because = [Change(f"{which['Notification']['NotificationType'].lower()} alerts", there, addresses)]
    calls = [AwsCall("budgets", "delete_notification", missing=MISSING, **which)] if now is not None else []
    calls += [AwsCall("budgets", "create_notification", **which, Subscribers=wanted)] if wanted else []
    return [call.because(because) for call in calls]

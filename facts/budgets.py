"""Facts about AWS Budgets: what a deployment may cost a month, and who is told."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact

MISSING = ("NotFoundException",)
NOT_TOLD = (*MISSING, "AccessDenied", "AccessDeniedException")
"""Error codes of no such budget, or of none that the caller may see."""


class Budget(AwsFact):
    """
    Returns the budget, or ``None``, also where the caller may not see it: ``BudgetLimit``, ``FilterExpression``, ``CalculatedSpend``.

    + budget: its name
    + account: whose
    """

    pick = "Budget"

    def command(self, budget, account):
        return AwsCall("budgets", "describe_budget", missing=NOT_TOLD, AccountId=account, BudgetName=budget, ShowFilterExpression=True)


class BudgetTags(AwsFact):
    """
    Returns the tags of a budget, or ``None``: a list of ``Key``, ``Value``.

    + arn: of the budget
    """

    pick = "ResourceTags"

    def command(self, arn):
        return AwsCall("budgets", "list_tags_for_resource", missing=MISSING, ResourceARN=arn)


class Subscribers(AwsFact):
    """
    Returns who is told of a budget, a list of ``SubscriptionType``, ``Address``; ``None`` where nobody is told of this.

    + budget: its name
    + account: whose
    + notification: what is told, as AWS takes it
    """

    pick = "Subscribers"

    def command(self, budget, account, notification):
        named = {"AccountId": account, "BudgetName": budget, "Notification": notification}
        return AwsCall("budgets", "describe_subscribers_for_notification", missing=MISSING, **named)

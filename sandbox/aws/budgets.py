"""Budgets: of an account, whatever the region, with who is told of them."""

import time

from moto.budgets.models import budgets_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

TOLD = ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
MOST_NOTIFICATIONS, MOST_SUBSCRIBERS = 10, 11


def kept(account: str) -> dict[str, dict]:
    """The budgets of an account by name: ``budget``, ``notifications`` (what is told and to whom) and ``tags``."""
    return budgets_backends[account]["aws"].__dict__.setdefault("kept", {})


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message, status=400)


def find(call: Call, name: str | None = None) -> dict:
    if call.params.get("AccountId", call.account) != call.account:
        raise AwsError("AccessDeniedException", f"Account {call.account} is not authorized to access account {call.params['AccountId']}.", status=400)
    name = name or call.params["BudgetName"]
    if name not in kept(call.account):
        raise AwsError("NotFoundException", f"Unable to get budget: {name} - the budget doesn't exist.", status=400)
    return kept(call.account)[name]


def check_budget(budget: dict) -> dict:
    """What is kept of a wanted budget."""
    if budget["BudgetType"] in ("COST", "USAGE") and not (budget.get("BudgetLimit") or budget.get("PlannedBudgetLimits") or budget.get("AutoAdjustData")):
        raise invalid("BudgetLimit is required for cost or usage budgets.")
    if budget.get("FilterExpression") and (budget.get("CostFilters") or budget.get("CostTypes")):
        raise invalid("FilterExpression and Metrics can't be used with CostFilters and CostTypes.")
    if bool(budget.get("FilterExpression")) is not bool(budget.get("Metrics")):
        raise invalid("FilterExpression and Metrics have to be given together.")
    if budget.get("BudgetLimit") and float(budget["BudgetLimit"]["Amount"]) <= 0:
        raise invalid("The amount of a budget has to be more than zero.")
    spend = {"ActualSpend": {"Amount": "0.0", "Unit": "USD"}}
    return {**budget, "CalculatedSpend": spend, "LastUpdatedTime": time.time()}


def check_subscribers(people: list[dict]) -> None:
    if len(people) > MOST_SUBSCRIBERS or sum(one["SubscriptionType"] == "EMAIL" for one in people) > MOST_SUBSCRIBERS - 1:
        raise AwsError("CreationLimitExceededException", "The number of subscribers exceeds the limit.", status=400)
    if any(one["SubscriptionType"] == "EMAIL" and "@" not in one["Address"] for one in people):
        raise invalid("The subscriber address is not an email address.")


def which(notification: dict) -> tuple:
    return tuple(notification.get(field, "PERCENTAGE") for field in TOLD)


@answers("budgets", "CreateBudget")
def create_budget(call: Call) -> dict:
    wanted = call.params["Budget"]
    if wanted["BudgetName"] in kept(call.account):
        raise AwsError("DuplicateRecordException", f"Error creating budget: {wanted['BudgetName']} - the budget already exists.", status=400)
    entry = {"budget": check_budget(wanted), "notifications": {}, "tags": {tag["Key"]: tag["Value"] for tag in call.params.get("ResourceTags") or ()}}
    for one in call.params.get("NotificationsWithSubscribers") or ():
        check_subscribers(one["Subscribers"])
        entry["notifications"][which(one["Notification"])] = (one["Notification"], one["Subscribers"])
    kept(call.account)[wanted["BudgetName"]] = entry
    return {}


@answers("budgets", "DescribeBudget")
def describe_budget(call: Call) -> dict:
    """Without being asked to AWS shows no filter expression."""
    budget = find(call)["budget"]
    hidden = () if call.params.get("ShowFilterExpression") else ("FilterExpression", "Metrics")
    return {"Budget": {field: value for field, value in budget.items() if field not in hidden}}


@answers("budgets", "UpdateBudget")
def update_budget(call: Call) -> dict:
    wanted = call.params["NewBudget"]
    find(call, wanted["BudgetName"])["budget"] = check_budget(wanted)
    return {}


@answers("budgets", "DeleteBudget")
def delete_budget(call: Call) -> dict:
    find(call)
    del kept(call.account)[call.params["BudgetName"]]
    return {}


@answers("budgets", "CreateNotification")
def create_notification(call: Call) -> dict:
    entry, told = find(call), which(call.params["Notification"])
    if told in entry["notifications"]:
        raise AwsError("DuplicateRecordException", "The notification already exists.", status=400)
    if len(entry["notifications"]) >= MOST_NOTIFICATIONS:
        raise AwsError("CreationLimitExceededException", "The number of notifications exceeds the limit.", status=400)
    check_subscribers(call.params["Subscribers"])
    entry["notifications"][told] = (call.params["Notification"], call.params["Subscribers"])
    return {}


def find_notification(call: Call) -> tuple[dict, tuple]:
    entry, told = find(call), which(call.params["Notification"])
    if told not in entry["notifications"]:
        raise AwsError("NotFoundException", "The notification doesn't exist.", status=400)
    return entry, told


@answers("budgets", "DeleteNotification")
def delete_notification(call: Call) -> dict:
    entry, told = find_notification(call)
    del entry["notifications"][told]
    return {}


@answers("budgets", "DescribeSubscribersForNotification")
def describe_subscribers(call: Call) -> dict:
    entry, told = find_notification(call)
    return {"Subscribers": entry["notifications"][told][1]}


@answers("budgets", "ListTagsForResource")
def list_tags(call: Call) -> dict:
    tags = find(call, call.params["ResourceARN"].rpartition("budget/")[2])["tags"]
    return {"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]}


@answers("budgets", "TagResource")
def tag_resource(call: Call) -> dict:
    entry = find(call, call.params["ResourceARN"].rpartition("budget/")[2])
    entry["tags"].update({tag["Key"]: tag["Value"] for tag in call.params["ResourceTags"]})
    return {}

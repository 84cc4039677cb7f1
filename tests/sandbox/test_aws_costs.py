"""Prices, budgets and Cost Explorer: asked and refused as AWS does."""

import json
from datetime import date, timedelta

import pytest
from aws_world import refused

KIND = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0, "ThresholdType": "PERCENTAGE"}
ME = [{"SubscriptionType": "EMAIL", "Address": "me@example.com"}]


def match(**fields):
    return [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]


def test_products_are_told_by_their_attributes_in_few_regions(aws):
    pricing = aws("pricing", "us-east-1")
    given = {"regionCode": "eu-central-1", "instanceType": "m5.xlarge", "operatingSystem": "Linux", "capacitystatus": "Used"}
    (found,) = pricing.get_products(ServiceCode="AmazonEC2", Filters=match(**given))["PriceList"]
    assert json.loads(found)["product"]["attributes"]["usagetype"] == "EUC1-BoxUsage:m5.xlarge"
    assert len(pricing.get_products(ServiceCode="AmazonEC2", Filters=match(regionCode="us-west-2"), MaxResults=1)["PriceList"]) == 1
    assert not pricing.get_products(ServiceCode="AmazonEC2", Filters=match(regionCode="ap-south-1"))["PriceList"]
    with refused("NotFoundException"):
        pricing.get_products(ServiceCode="AmazonTeapot")
    with refused("InvalidParameterException"):
        pricing.get_products(ServiceCode="AmazonEC2", Filters=[{"Type": "LIKE", "Field": "regionCode", "Value": "us"}])
    with refused("InvalidParameterException", "no endpoint"):
        aws("pricing", "us-west-2").get_products(ServiceCode="AmazonEC2")


@pytest.fixture
def budget(aws):
    budgets, named = aws("budgets"), {"AccountId": "123456789012", "BudgetName": "airflow"}
    expression = {"FilterExpression": {"Tags": {"Key": "team", "Values": ["data"]}}, "Metrics": ["UnblendedCost"]}
    wanted = {"BudgetName": "airflow", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": {"Amount": "100.00", "Unit": "USD"}, **expression}
    budgets.create_budget(
        AccountId="123456789012",
        Budget=wanted,
        NotificationsWithSubscribers=[{"Notification": KIND, "Subscribers": ME}],
        ResourceTags=[{"Key": "team", "Value": "data"}],
    )
    yield budgets, named, wanted
    budgets.delete_budget(**named)


def test_a_budget_is_kept_with_who_is_told(aws, budget):
    budgets, named, wanted = budget
    assert "FilterExpression" not in budgets.describe_budget(**named)["Budget"], "AWS shows it only where it is asked for"
    assert budgets.describe_budget(**named, ShowFilterExpression=True)["Budget"]["FilterExpression"] == wanted["FilterExpression"]
    assert budgets.describe_subscribers_for_notification(**named, Notification=KIND)["Subscribers"] == ME
    assert budgets.list_tags_for_resource(ResourceARN="arn:aws:budgets::123456789012:budget/airflow")["ResourceTags"]
    with refused("DuplicateRecordException"):
        budgets.create_budget(AccountId=named["AccountId"], Budget=wanted)
    with refused("DuplicateRecordException"):
        budgets.create_notification(**named, Notification=KIND, Subscribers=ME)
    assert "airflow" in aws.ask("state")["123456789012"]["global"]["budgets"]


def test_what_budgets_cannot_be_is_refused(budget):
    budgets, named, wanted = budget
    other = {**wanted, "BudgetName": "other"}
    with refused("InvalidParameterException", "BudgetLimit is required"):
        budgets.create_budget(AccountId=named["AccountId"], Budget={key: value for key, value in other.items() if key != "BudgetLimit"})
    with refused("InvalidParameterException", "can't be used with"):
        budgets.create_budget(AccountId=named["AccountId"], Budget={**other, "CostFilters": {"TagKeyValue": ["user:team$data"]}})
    with refused("InvalidParameterException", "not an email address"):
        nobody = [{"SubscriptionType": "EMAIL", "Address": "nobody"}]
        budgets.create_notification(**named, Notification={**KIND, "Threshold": 90.0}, Subscribers=nobody)
    with refused("NotFoundException"):
        budgets.describe_budget(AccountId=named["AccountId"], BudgetName="nobody")
    with refused("AccessDeniedException"):
        budgets.describe_budget(AccountId="999999999999", BudgetName="airflow")


def test_cost_explorer_knows_nothing_of_a_tag_that_is_not_activated(aws):
    ce, today = aws("ce"), date.today()
    asked = {
        "TimePeriod": {"Start": str(today - timedelta(30)), "End": str(today)},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"Tags": {"Key": "team", "Values": ["data"]}},
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    assert ce.list_cost_allocation_tags(TagKeys=["team"])["CostAllocationTags"] == []
    try:
        aws.ask("costs", {"tag": "Inactive", "spent": {"AmazonCloudWatch": 1.5}})
        assert [one["Status"] for one in ce.list_cost_allocation_tags(TagKeys=["team"])["CostAllocationTags"]] == ["Inactive"]
        assert not [group for month in ce.get_cost_and_usage(**asked)["ResultsByTime"] for group in month["Groups"]]
        aws.ask("costs", {"tag": "Active", "spent": {"AmazonCloudWatch": 1.5}})
        groups = [group for month in ce.get_cost_and_usage(**asked)["ResultsByTime"] for group in month["Groups"]]
        assert sum(float(group["Metrics"]["UnblendedCost"]["Amount"]) for group in groups) == pytest.approx(45)
    finally:
        aws.ask("costs", {})
    with refused("ValidationException", "before end date"):
        ce.get_cost_and_usage(**{**asked, "TimePeriod": {"Start": str(today), "End": str(today)}})

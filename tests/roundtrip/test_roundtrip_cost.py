"""What a month costs is asked of the Price List and of Cost Explorer, and a plan over its budget changes nothing."""

import json

import pytest


@pytest.fixture
def spent(account):
    """`spent(**told)` is what Cost Explorer tells."""
    yield lambda **told: account.tell("costs", told)
    account.tell("costs", {})


def test_a_plan_over_its_budget_is_refused_before_anything_is_sent(account, tmp_path):
    ran = account.run("install", budget=100, budget_alerts="you@example.com", json=tmp_path / "plan.json")
    assert ran.code != 0 and ran.writes == [] and "Traceback" not in ran.output, ran.output
    assert "its budget is $100.00; nothing was sent: choose less, raise budget, or add --data confirm=" in ran.output
    (plan,) = json.loads((tmp_path / "plan.json").read_text()).values()
    assert plan["cost"]["unknown"] == 0 and plan["cost"]["usd"] > 100
    assert {line["source"] for line in plan["cost"]["lines"]} == {"AWS Price List"}
    assert any(step["kind"] == "budgets.budget" and step["verb"] == "create" for step in plan["steps"])


def test_without_the_right_to_ask_for_prices_the_table_answers(account):
    account.tell("faults", {"faults": [{"service": "pricing", "action": "GetProducts", "kind": "denied", "times": 0}]})
    try:
        ran = account.done("cost")
    finally:
        account.tell("faults", {"faults": []})
    assert ran.writes == [] and "with no price known a month in us-west-2" in ran.output and "prices: https://" in ran.output


def test_a_cost_tag_that_is_not_activated_is_told(account, spent):
    ran = account.run("cost", actual=True)
    assert ran.code != 0 and "Traceback" not in ran.output
    assert "has not been met by the bill yet" in ran.output and "aws ce update-cost-allocation-tags-status" in ran.output
    spent(tag="Active", spent={"AmazonCloudWatch": 1.5})
    ran = account.done("cost", actual=True)
    (row,) = [line for line in ran.output.splitlines() if "AmazonCloudWatch " in line]
    assert row.split()[-1] == "$45.00"

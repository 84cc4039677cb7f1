"""Cost Explorer: what tests say was spent, by a tag that the bill has met and somebody activated."""

from datetime import date, timedelta

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

MONTHS = 14
"""As far as it looks back. Source: https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html"""

told: dict = {}
"""What tests set: ``tag`` (``Active`` or ``Inactive``), ``since`` (a day), ``spent`` (US dollars a day by service)."""


@answers("ce", "ListCostAllocationTags")
def list_tags(call: Call) -> dict:
    """A tag that no bill has met yet is not listed."""
    keys = call.params.get("TagKeys") or [] if told.get("tag") else []
    known = {"Type": "UserDefined", "Status": told.get("tag"), "LastUpdatedDate": told.get("since", "2026-01-01T00:00:00Z")}
    return {"CostAllocationTags": [{"TagKey": key, **known} for key in keys]}


@answers("ce", "GetCostAndUsage")
def get_cost_and_usage(call: Call) -> dict:
    """By months, the end not among them; of a tag that is not active nothing is known, which looks like nothing spent."""
    period = call.params["TimePeriod"]
    start, end = date.fromisoformat(period["Start"]), date.fromisoformat(period["End"])
    if start >= end:
        raise AwsError("ValidationException", f"Start date should be before end date, but was: {start} - {end}", status=400)
    if start < date.today() - timedelta(MONTHS * 31):
        raise AwsError("ValidationException", f"You haven't enabled historical data beyond {MONTHS} months", status=400)
    if call.params["Granularity"] != "MONTHLY":
        raise AwsError("ValidationException", "the sandbox tells months alone", status=400)
    days = [start + timedelta(number) for number in range((end - start).days)]
    months = dict.fromkeys((day.year, day.month) for day in days)
    active = told.get("tag") == "Active"
    return {"ResultsByTime": [month([day for day in days if (day.year, day.month) == one], active) for one in months]}


def month(days: list[date], active: bool) -> dict:
    spent = told.get("spent", {}) if active else {}
    groups = [{"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": f"{usd * len(days):.10f}", "Unit": "USD"}}} for service, usd in spent.items()]
    return {"TimePeriod": {"Start": str(days[0]), "End": str(days[-1] + timedelta(1))}, "Total": {}, "Groups": groups, "Estimated": True}

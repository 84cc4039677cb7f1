"""What was spent, beside what was to be expected: Cost Explorer's figures of the last thirty days, by the deployment's tag."""

from __future__ import annotations

from datetime import date, timedelta

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from deploys.bill import Line
from deploys.uses import HOURS
from facts.ce import CostTag, Spent
from settings import Settings

DAYS = 30

SERVICES = {
    "eks": "Amazon Elastic Container Service for Kubernetes",
    "ec2": "Amazon Elastic Compute Cloud - Compute",
    "ebs": "EC2 - Other",
    "nat": "EC2 - Other",
    "public": "Amazon Virtual Private Cloud",
    "rds": "Amazon Relational Database Service",
    "load": "Amazon Elastic Load Balancing",
    "s3": "Amazon Simple Storage Service",
    "efs": "Amazon Elastic File System",
    "logs": "AmazonCloudWatch",
    "key": "AWS Key Management Service",
    "secret": "AWS Secrets Manager",
}
"""What Cost Explorer calls the service of an item, by the item's first word."""

ACTIVATE = f"aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey={DEPLOYMENT_TAG},Status=Active"


def compared(settings: Settings, lines: list[Line], today: date) -> list[tuple[str, float | None, float]]:
    """
    By service: its name, what was to be expected of thirty days (``None`` where no price is known), what was spent (US dollars).

    + lines: of a month
    + today: the day it is asked

    Raises `PyinfraError` where the bill does not know the tag, or has no figures yet: that is not the same as nothing.
    """
    tag = host.get_fact(CostTag)
    if not tag or tag["Status"] != "Active":
        met = "has not been activated" if tag else "has not been met by the bill yet, which takes a day"
        raise PyinfraError(
            f"what {settings.deployment} cost is not known: the cost allocation tag {DEPLOYMENT_TAG} {met}; in the account that pays: {ACTIVATE} "
            "(figures come within a day, for the time from then on)"
        )
    start = today - timedelta(DAYS)
    spent = host.get_fact(Spent, start=str(start), end=str(today))
    if spent is None:
        raise PyinfraError(f"what {settings.deployment} cost is not known: Cost Explorer has no figures yet; it takes a day once it is switched on")
    if (since := str(tag.get("LastUpdatedDate", ""))[:10]) > str(start):
        host.log_styled(f"the tag was activated on {since}: what was spent before is not among these figures", fg="yellow")
    expected = _expected(lines)
    return [(service, expected.get(service, 0.0), spent.get(service, 0.0)) for service in [*expected, *(name for name in spent if name not in expected)]]


def told(rows: list[tuple[str, float | None, float]]) -> list[str]:
    """The comparison as a table."""
    table = [(name, "no price known" if wanted is None else f"${wanted:,.2f}", f"${spent:,.2f}") for name, wanted, spent in rows]
    table = [
        ("service", f"expected of {DAYS} days", "spent"),
        *table,
        ("together", f"${sum(row[1] or 0 for row in rows):,.2f}", f"${sum(row[2] for row in rows):,.2f}"),
    ]
    widths = [max(len(row[column]) for row in table) for column in range(3)]
    return [f"{name.ljust(widths[0])}  {wanted.rjust(widths[1])}  {spent.rjust(widths[2])}" for name, wanted, spent in table]


def _expected(lines: list[Line]) -> dict[str, float | None]:
    expected: dict[str, float | None] = {}
    for line in lines:
        service = SERVICES[line.item.split()[0]]
        before = expected.get(service, 0.0)
        expected[service] = None if before is None or line.cost is None else before + line.cost * DAYS * 24 / HOURS
    return expected

"""The roles of a deployment as a page: ``python -m deploys.platform.policies.table > docs/policies.md``."""

from __future__ import annotations

from collections.abc import Iterator

from deploys.platform import platform
from deploys.want import Want
from settings import Settings

DEPLOYMENT = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}
EVERYTHING = {
    "enable_airflow_spark_example": True,
    "enable_spark_history_server": True,
    "task_placement": "karpenter",
    "domain": "airflow.example.com",
    "airflow_secrets": "team",
    "alerts": {"sns_topic": "arn:aws:sns:us-west-2:123456789012:alerts"},
}

REASONS = {
    "DescribeHasNoResources": "EC2 and Auto Scaling authorise what describes for the whole region; held to the region",
    "DescribeTakesNoResource": "AWS authorises what describes for the whole region",
    "ListHasNoResources": "IAM lists instance profiles for the whole account",
    "MetricsTakeNoResource": "CloudWatch's metrics have no ARNs",
    "PricesHaveNoResources": "the price list has no ARNs and is public",
}
"""Why a statement, by its Sid, is for every resource."""

HEAD = """\
# Roles and policies

Every IAM role of a deployment with everything switched on, and what it may do. `deploys/platform/policies/` holds the documents, this page is made
from them: `python -m deploys.platform.policies.table > docs/policies.md`. Pods take their roles through EKS Pod Identity, and only in the deployment's
own cluster.
"""


def roles(settings: Settings) -> list[Want]:
    """
    Returns the roles of a deployment.

    + settings: of the deployment
    """
    return [want for want in platform(settings) if want.kind == "iam.role"]


def statements(role: Want) -> Iterator[tuple[str, dict]]:
    """
    Yields each statement of a role's own policies, with the policy's name.

    + role: as `roles` returns it
    """
    for name, document in (role.fields.get("policies") or {}).items():
        for statement in document["Statement"]:
            yield name, statement


def listed(value) -> list:
    """Returns what a statement names, one or many, as a list."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def page() -> str:
    """Returns the page."""
    settings = Settings.of({**DEPLOYMENT, **EVERYTHING})
    accounts = {want.fields["role_arn"]: want.subject for want in platform(settings) if want.kind == "eks.pod_identity"}
    lines = [HEAD, "| role | taken by | AWS's managed policies | own policies |", "| --- | --- | --- | --- |"]
    for role in roles(settings):
        name = role.subject.removeprefix(settings.role(""))
        services = listed(role.fields["trust"]["Statement"][0]["Principal"]["Service"])
        taken = f"pods of `{accounts[settings.role_arn(name)]}`" if settings.role_arn(name) in accounts else f"`{services[0]}`"
        managed = ", ".join(f"`{arn.rpartition('/')[2]}`" for arn in role.fields.get("managed") or ())
        own = ", ".join(dict.fromkeys(f"`{policy}`" for policy, _ in statements(role)))
        lines.append(f"| `{name}` | {taken} | {managed} | {own} |")
    lines += ["", "## For every resource", "", "No statement is for every action. These are for every resource, since AWS authorises them in no other way.", ""]
    lines += ["| role | policy | actions | why |", "| --- | --- | --- | --- |"]
    for role in roles(settings):
        for policy, statement in statements(role):
            if "*" in listed(statement["Resource"]):
                actions = ", ".join(f"`{action}`" for action in listed(statement["Action"]))
                why = REASONS.get(statement.get("Sid"), "")
                lines.append(f"| `{role.subject.removeprefix(settings.role(''))}` | `{policy}` | {actions} | {why} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")

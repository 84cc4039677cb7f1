"""What keeps a VPC from going: told when AWS answers DependencyViolation, which names nothing."""

from __future__ import annotations

from pyinfra.context import host

from deploys.plan import side_by_side
from facts.ec2 import Vpc
from facts.obstacles import OBSTACLES, Inside
from operations.ownership import ours
from operations.tags import mapped

REFUSAL = "DependencyViolation"


def in_the_way(deployment: str, region: str, said: list[str]) -> list[str]:
    """
    A line for each thing in the deployment's VPC that is not the deployment's, with the command that removes it.

    + deployment: whose VPC it is
    + region: its region
    + said: what AWS said of what could not be removed: nothing is looked for unless it says that something depends on it
    """
    vpc = host.get_fact(Vpc, vpc=deployment) if any(REFUSAL in line for line in said) else None
    if not vpc:
        return []
    found = side_by_side(lambda kind: host.get_fact(Inside, obstacle=kind, vpc=vpc["VpcId"]) or [], OBSTACLES)
    strange = [(kind, thing) for kind, things in zip(OBSTACLES, found, strict=True) for thing in things if not ours(thing["tags"])]
    return [f"in the way in {vpc['VpcId']}: {kind} {_told(thing)}: {kind.remove} {thing['id']} --region {region} removes it" for kind, thing in strange]


def _told(thing: dict) -> str:
    tags = ", ".join(f"{key}={value}" for key, value in mapped(thing["tags"]).items())
    more = "; ".join(filter(None, (thing["what"], tags)))
    return f"{thing['id']} ({more})" if more else thing["id"]

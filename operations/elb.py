"""Operations on what a cluster makes in AWS by itself for Services of type LoadBalancer."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from facts.ec2 import Vpc, by_id
from facts.elb import NO_BALANCER, NO_TARGETS, ServiceBalancers, ServiceGroups, ServiceNetworkBalancers, ServiceTargetGroups
from operations.ec2.groups import changeable, pointing
from operations.eks.clusters import seen_here

GROUP_GONE = ("InvalidGroup.NotFound",)


@operation()
def leftovers(cluster: str, vpc: str | None = None, present: bool = True):
    """
    Remove the classic and network load balancers, target groups and security groups that a cluster made in the deployment's VPC for Services
    that did not go before it. Declare it before the first Service, so that cleanup comes to it when all are gone.

    + cluster: name of the cluster: they are found by its tag
    + vpc: Name tag of the VPC
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none.

    **Example:**

    .. code:: python

        elb.leftovers(cluster="airflow-dev", vpc="airflow-dev", present=False, name="What Services left")
    """
    where = {"cluster": cluster, "vpc": home} if not present and (home := _home(cluster, vpc)) else {}
    classic, network, targets, groups = (
        (host.get_fact(fact, **where) or []) if where else [] for fact in (ServiceBalancers, ServiceNetworkBalancers, ServiceTargetGroups, ServiceGroups)
    )
    for name in classic:
        yield AwsCall("elb", "delete_load_balancer", missing=NO_BALANCER, LoadBalancerName=name)
    for arn in network:
        yield AwsCall("elbv2", "delete_load_balancer", missing=NO_BALANCER, LoadBalancerArn=arn)
    if network:
        yield Wait("elbv2", "load_balancers_deleted", LoadBalancerArns=network)
    for arn in targets:
        yield AwsCall("elbv2", "delete_target_group", missing=NO_TARGETS, TargetGroupArn=arn)
    everything = changeable(vpc) if groups else []
    for group in groups:
        yield from pointing(everything, group["GroupId"])
    for group in groups:
        yield AwsCall("ec2", "delete_security_group", missing=GROUP_GONE, GroupId=group["GroupId"])
    if not any((classic, network, targets, groups)):
        host.noop(f"load balancers of Services of {cluster} are {'left alone' if present else 'already absent'}")


def _home(cluster: str, vpc: str) -> str | None:
    """The id of our VPC, or of somebody else's that our cluster was in."""
    if by_id(vpc):
        return vpc if seen_here(cluster) else None
    return (host.get_fact(Vpc, vpc=vpc) or {}).get("VpcId")

"""Operations on what the load balancer controller makes in AWS."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from facts.ec2 import ControllerGroups, Vpc, by_id
from facts.elbv2 import NO_BALANCER, NO_TARGETS, BalancerTags, ClusterLoadBalancers, ClusterTargetGroups, InVpc, LoadBalancer
from facts.scan import Tagged
from operations.differ import Change
from operations.ec2.groups import changeable, pointing
from operations.foreign import leave
from operations.helm.ownership import mine
from operations.ownership import belonging, own

NAMESPACE, RELEASE = "kube-system", "aws-load-balancer-controller"
GROUP_GONE = ("InvalidGroup.NotFound",)


@operation()
def load_balancer(load_balancer: str, present: bool = True):
    """
    Wait until a load balancer that an Ingress asks for is active; mirrored it does nothing, since it goes with its Ingress.

    + load_balancer: its name
    + present: ``False`` waits for nothing

    **Idempotency:** one that is active is left alone, one without the deployment's tag, which the controller gives all it makes, is refused.

    **Example:**

    .. code:: python

        elbv2.load_balancer(load_balancer="airflow-dev", name="Load balancer of the UI")
    """
    now = host.get_fact(LoadBalancer, load_balancer=load_balancer) if present else None
    if now and now["LoadBalancerArn"] not in (host.get_fact(Tagged) or []):
        own("load balancer", load_balancer, now, host.get_fact(BalancerTags, address=now["DNSName"]), present)
    if not present:
        host.noop(f"load balancer {load_balancer} goes with its Ingress")
    elif now and now["State"]["Code"] == "active":
        host.noop(f"load balancer {load_balancer} is already active")
    else:
        change = Change("status", now and now["State"]["Code"], "active")
        yield Wait("elbv2", "load_balancer_active", Names=[load_balancer]).because([change])


@operation()
def leftovers(cluster: str, vpc: str | None = None, owner: str | None = None, whole: bool = False, present: bool = True):
    """
    Remove the load balancers, target groups and security groups that a controller left behind when it went before its Ingresses
    and Services. Declare it after the controller and before the first Ingress, so that cleanup comes to it in between.

    + cluster: name of the cluster: they are found by the controller's tag
    + vpc: Name tag of the VPC they are in
    + owner: the deployment whose label the controller's release carries: another's controller keeps what it has
    + whole: whether the cluster goes: then another's goes too
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Those that neither carry the deployment's tag nor are in its
    VPC are left alone.

    **Example:**

    .. code:: python

        elbv2.leftovers(cluster="airflow-dev", vpc="airflow-dev", present=False, name="What the load balancer controller left")
    """
    if present:
        host.noop(f"load balancers of {cluster} are left alone")
        return
    if not whole and not mine(RELEASE, NAMESPACE, owner, absent=True):
        leave(f"load balancers of {cluster}, whose controller is not this deployment's")
        return
    home = host.get_fact(Vpc, vpc=vpc) if vpc and not by_id(vpc) else None
    balancers = _own("load balancer", host.get_fact(ClusterLoadBalancers, cluster=cluster), home, "load_balancers")
    targets = _own("target group", host.get_fact(ClusterTargetGroups, cluster=cluster), home, "target_groups")
    groups = host.get_fact(ControllerGroups, cluster=cluster) or []
    groups = belonging("security group", groups, "GroupId", {group["GroupId"] for group in groups if home and group["VpcId"] == home["VpcId"]})
    everything = changeable(vpc) if vpc and groups else []
    for arn in balancers:
        yield AwsCall("elbv2", "delete_load_balancer", missing=NO_BALANCER, LoadBalancerArn=arn)
    if balancers:
        yield Wait("elbv2", "load_balancers_deleted", LoadBalancerArns=balancers)
    for arn in targets:
        yield AwsCall("elbv2", "delete_target_group", missing=NO_TARGETS, TargetGroupArn=arn)
    for group in groups:
        yield from pointing(everything, group["GroupId"])
    for group in groups:
        yield AwsCall("ec2", "delete_security_group", missing=GROUP_GONE, GroupId=group["GroupId"])
    if not balancers and not targets and not groups:
        host.noop(f"load balancers of {cluster} are already absent")


def _own(noun: str, things: list[dict] | None, home: dict | None, kind: str) -> list[str]:
    """The ARNs of those that carry our tag or are in our VPC."""
    inside = set(host.get_fact(InVpc, things=kind, vpc=home["VpcId"]) or []) if things and home else set()
    return [thing["ResourceArn"] for thing in belonging(noun, things or [], "ResourceArn", inside)]

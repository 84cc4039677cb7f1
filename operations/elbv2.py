"""Operations on what the load balancer controller makes in AWS."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from facts.ec2 import ControllerGroups, VpcGroups
from facts.elbv2 import NO_BALANCER, NO_TARGETS, ClusterLoadBalancers, ClusterTargetGroups, LoadBalancer
from operations.differ import Change
from operations.ec2.groups import pointing
from operations.foreign import leave
from operations.helm.ownership import mine

NAMESPACE, RELEASE = "kube-system", "aws-load-balancer-controller"
GROUP_GONE = ("InvalidGroup.NotFound",)


@operation()
def load_balancer(load_balancer: str, present: bool = True):
    """
    Wait until a load balancer that an Ingress asks for is active; mirrored it does nothing, since it goes with its Ingress.

    + load_balancer: its name
    + present: ``False`` waits for nothing

    **Idempotency:** one that is active is left alone.

    **Example:**

    .. code:: python

        elbv2.load_balancer(load_balancer="airflow-dev", name="Load balancer of the UI")
    """
    now = host.get_fact(LoadBalancer, load_balancer=load_balancer) if present else None
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
    + vpc: Name tag of the VPC the security groups are in
    + owner: the deployment whose label the controller's release carries: another's controller keeps what it has
    + whole: whether the cluster goes: then another's goes too
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none.

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
    balancers = host.get_fact(ClusterLoadBalancers, cluster=cluster) or []
    targets = host.get_fact(ClusterTargetGroups, cluster=cluster) or []
    groups = host.get_fact(ControllerGroups, cluster=cluster) or []
    everything = host.get_fact(VpcGroups, vpc=vpc) or [] if vpc and groups else []
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

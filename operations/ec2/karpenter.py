"""The bookend of Karpenter: the nodes it started."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.kubernetes.removal import Remove
from facts.ec2 import KarpenterInstances, KarpenterTemplates, Vpc
from facts.iam import InstanceProfiles
from facts.k8s import Objects
from operations.eks.clusters import seen_here
from operations.foreign import leave
from operations.helm.ownership import mine
from operations.k8s.controllers import freed, running
from operations.ownership import belonging

NAMESPACE, CRDS = "kube-system", "karpenter-crd"
CONTROLLER = f"{NAMESPACE}/karpenter"
KINDS = (
    ("karpenter.sh/v1", "NodePool", "nodepools.karpenter.sh"),
    ("karpenter.sh/v1", "NodeClaim", "nodeclaims.karpenter.sh"),
    ("karpenter.k8s.aws/v1", "EC2NodeClass", "ec2nodeclasses.karpenter.k8s.aws"),
)
"""In the order in which Karpenter lets go of them."""


@operation()
def karpenter(
    karpenter: str,
    vpc: str | None = None,
    profiles: str | None = None,
    owner: str | None = None,
    whole: bool = False,
    present: bool = True,
):
    """
    Remove every node pool, node claim and node class of a cluster while Karpenter runs, whoever made them; then the instances, launch
    templates and instance profiles that are still there. Declare it after Karpenter and before the first node pool.

    + karpenter: name of the cluster Karpenter runs in
    + vpc: Name tag of the VPC its nodes are in
    + profiles: IAM path under which Karpenter makes instance profiles for it
    + owner: the deployment whose label Karpenter's release carries: another's Karpenter keeps what it has
    + whole: whether the cluster goes: then another's goes too
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Where Karpenter does not run any more, finalizers are removed
    by hand, a last resort; the instances are terminated all the same. What lacks the deployment's tag goes where the cluster was the deployment's
    in this run, or its VPC is.

    **Example:**

    .. code:: python

        ec2.karpenter(karpenter="airflow-dev", vpc="airflow-dev", profiles="/karpenter/us-west-2/airflow-dev/", present=False, name="Karpenter's nodes")
    """
    if present:
        host.noop(f"nodes of Karpenter in {karpenter} are left alone")
        return
    objects = {kind: host.get_fact(Objects, api_version=api, kind=kind) or [] for api, kind, _ in KINDS}
    if not whole and any(objects.values()) and not mine(CRDS, NAMESPACE, owner):
        leave(f"nodes of Karpenter in {karpenter}, which is not this deployment's")
        return
    stuck = [] if running(CONTROLLER) else [item for items in objects.values() for item in items]
    instances, templates, carriers = _made(karpenter, vpc, profiles)
    yield from freed(stuck)
    for _, kind, things in KINDS:
        if objects[kind]:
            yield Remove(things, how=("--all",))
    if instances:
        ids = [instance["InstanceId"] for instance in instances]
        yield AwsCall("ec2", "terminate_instances", missing=("InvalidInstanceID.NotFound",), InstanceIds=ids)
        yield Wait("ec2", "instances_terminated", InstanceIds=ids)
    for template in templates:
        yield AwsCall("ec2", "delete_launch_template", missing=("InvalidLaunchTemplateId.NotFound",), LaunchTemplateId=template["LaunchTemplateId"])
    for profile in carriers:
        this = {"InstanceProfileName": profile["InstanceProfileName"]}
        for role in profile.get("Roles") or ():
            yield AwsCall("iam", "remove_role_from_instance_profile", missing=("NoSuchEntity",), **this, RoleName=role["RoleName"])
        yield AwsCall("iam", "delete_instance_profile", missing=("NoSuchEntity",), **this)
    if not any((instances, templates, carriers, *objects.values())):
        host.noop(f"nodes of Karpenter in {karpenter} are already absent")


def _made(cluster: str, vpc: str | None, profiles: str | None) -> tuple[list, list, list]:
    """Instances, launch templates and instance profiles that Karpenter made for the deployment."""
    home, seen = host.get_fact(Vpc, vpc=vpc) if vpc else None, seen_here(cluster)
    instances = host.get_fact(KarpenterInstances, cluster=cluster) or []
    inside = {one["InstanceId"] for one in instances if home and one["VpcId"] == home["VpcId"]}
    return (
        belonging("instance", instances, "InstanceId", seen or inside),
        belonging("launch template", host.get_fact(KarpenterTemplates, cluster=cluster) or [], "LaunchTemplateId", seen),
        belonging("instance profile", host.get_fact(InstanceProfiles, path=profiles) or [], "InstanceProfileName", seen),
    )

"""The bookend of Karpenter: the nodes it started."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.kubernetes.removal import Remove
from facts.ec2 import KarpenterInstances, KarpenterTemplates
from facts.iam import InstanceProfiles
from facts.k8s import Objects
from operations.foreign import leave
from operations.helm.ownership import mine
from operations.k8s.controllers import freed, running

NAMESPACE, CRDS = "kube-system", "karpenter-crd"
CONTROLLER = f"{NAMESPACE}/karpenter"
KINDS = (
    ("karpenter.sh/v1", "NodePool", "nodepools.karpenter.sh"),
    ("karpenter.sh/v1", "NodeClaim", "nodeclaims.karpenter.sh"),
    ("karpenter.k8s.aws/v1", "EC2NodeClass", "ec2nodeclasses.karpenter.k8s.aws"),
)
"""In the order in which Karpenter lets go of them."""


@operation()
def karpenter(karpenter: str, profiles: str | None = None, owner: str | None = None, whole: bool = False, present: bool = True):
    """
    Remove every node pool, node claim and node class of a cluster while Karpenter runs, whoever made them; then the instances, launch
    templates and instance profiles that are still there. Declare it after Karpenter and before the first node pool.

    + karpenter: name of the cluster Karpenter runs in
    + profiles: IAM path under which Karpenter makes instance profiles for it
    + owner: the deployment whose label Karpenter's release carries: another's Karpenter keeps what it has
    + whole: whether the cluster goes: then another's goes too
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Where Karpenter does not run any more, finalizers are removed
    by hand, a last resort; the instances are terminated all the same.

    **Example:**

    .. code:: python

        ec2.karpenter(karpenter="airflow-dev", profiles="/karpenter/us-west-2/airflow-dev/", present=False, name="Karpenter's nodes")
    """
    if present:
        host.noop(f"nodes of Karpenter in {karpenter} are left alone")
        return
    objects = {kind: host.get_fact(Objects, api_version=api, kind=kind) or [] for api, kind, _ in KINDS}
    if not whole and any(objects.values()) and not mine(CRDS, NAMESPACE, owner):
        leave(f"nodes of Karpenter in {karpenter}, which is not this deployment's")
        return
    stuck = [] if running(CONTROLLER) else [item for items in objects.values() for item in items]
    instances = host.get_fact(KarpenterInstances, cluster=karpenter) or []
    templates = host.get_fact(KarpenterTemplates, cluster=karpenter) or []
    carriers = host.get_fact(InstanceProfiles, path=profiles) or []
    yield from freed(stuck)
    for _, kind, things in KINDS:
        if objects[kind]:
            yield Remove(things, how=("--all",))
    if instances:
        yield AwsCall("ec2", "terminate_instances", missing=("InvalidInstanceID.NotFound",), InstanceIds=instances)
        yield Wait("ec2", "instances_terminated", InstanceIds=instances)
    for template in templates:
        yield AwsCall("ec2", "delete_launch_template", missing=("InvalidLaunchTemplateId.NotFound",), LaunchTemplateId=template)
    for profile in carriers:
        this = {"InstanceProfileName": profile["InstanceProfileName"]}
        for role in profile.get("Roles") or ():
            yield AwsCall("iam", "remove_role_from_instance_profile", missing=("NoSuchEntity",), **this, RoleName=role["RoleName"])
        yield AwsCall("iam", "delete_instance_profile", missing=("NoSuchEntity",), **this)
    if not any((instances, templates, carriers, *objects.values())):
        host.noop(f"nodes of Karpenter in {karpenter} are already absent")

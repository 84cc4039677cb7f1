"""Operations on EKS managed node groups."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Answer, Ref
from facts.ec2 import LaunchTemplate, subnet_id
from facts.eks import MISSING, Nodegroup
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent
from operations.ownership import own
from settings.versions import numbers

FAILED = ("CREATE_FAILED", "DELETE_FAILED")
MOVING = ("CREATING", "UPDATING")


@operation()
def nodegroup(
    nodegroup: str,
    cluster: str,
    role_arn: str | None = None,
    subnets: list | None = None,
    template: str | None = None,
    instance_types: list | None = None,
    image: str | None = None,
    capacity: str | None = None,
    minimum: int | None = None,
    maximum: int | None = None,
    desired: int | None = None,
    labels: dict | None = None,
    taints: list | None = None,
    unavailable: int | None = None,
    version: str | None = None,
    behind: int = 0,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Start/remove a managed node group. `eks.nodegroup_active` waits for it.

    + nodegroup: its name
    + cluster: name of the cluster
    + role_arn: ARN of the nodes' IAM role (fixed)
    + subnets: Name tags of the nodes' subnets (fixed)
    + template: name of the launch template; its default version is rolled out
    + instance_types: EC2 instance types, the preferred first (fixed)
    + image: EKS's name for the kind of image, ``AL2023_x86_64_STANDARD`` (fixed)
    + capacity: ``ON_DEMAND`` or ``SPOT`` (fixed)
    + minimum: fewest nodes
    + maximum: most nodes
    + desired: nodes at the start; afterwards it is the autoscaler's, as long as it is within the bounds
    + labels: Kubernetes labels (owned: others are removed)
    + taints: taints, ``{"key": ..., "value": ..., "effect": "NO_SCHEDULE"}`` (owned: others are removed)
    + unavailable: nodes replaced at a time in an update
    + version: Kubernetes version; follows the cluster's, its nodes are replaced
    + behind: how many minor versions it may be behind that, and stay so
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** bounds, labels, taints, version, launch template and tags are put right, each with an update that is waited for; another role,
    subnets, instance types, image or capacity are refused. A node group that failed to be created is made again. One without the deployment's
    tag is refused, and never removed.

    **Example:**

    .. code:: python

        eks.nodegroup(
            nodegroup="core-node-group",
            cluster="airflow-dev",
            role_arn="arn:aws:iam::123456789012:role/airflow-dev-us-west-2-node",
            subnets=["airflow-dev-data-us-west-2a", "airflow-dev-data-us-west-2b"],
            template="airflow-dev-core",
            instance_types=["m5.xlarge"],
            image="AL2023_x86_64_STANDARD",
            minimum=3,
            maximum=9,
            desired=3,
            name="Core nodes",
        )
    """
    now = host.get_fact(Nodegroup, nodegroup=nodegroup, cluster=cluster)
    now = own("nodegroup", nodegroup, now, (now or {}).get("tags"), present)
    this = {"clusterName": cluster, "nodegroupName": nodegroup}
    gone = Wait("eks", "nodegroup_deleted", **this)
    if not present:
        if now:
            yield from _delete(now, this)
            yield gone
        else:
            absent("nodegroup", nodegroup, now)
        return
    places = subnets and [subnet_id(name) for name in subnets]
    launch = template and {"name": template, "version": Ref(LaunchTemplate, "to_string(DefaultVersionNumber)", template=template)}
    if now and now["status"] not in (*FAILED, "DELETING"):
        fixed = differing(now, nodeRole=role_arn, subnets=places, instanceTypes=instance_types, amiType=image, capacityType=capacity)
        refused("nodegroup", nodegroup, fixed + differing(now, launchTemplate__name=template), "remove the node group first")
        updates = [
            *_configuration(now, minimum, maximum, labels, taints, unavailable),
            *_version(now, _standing(now, version, behind), launch),
        ]
        retagged = tag.missing(now.get("tags"), tags or {})
        if updates and now["status"] in MOVING:
            yield Wait("eks", "nodegroup_active", **this)
        for action, params, changes in updates:
            yield AwsCall("eks", action, **this, **params).because(changes)
            yield Wait("eks", "update_successful", name=cluster, nodegroupName=nodegroup, updateId=Answer("eks", action, "update.id"))
        if retagged:
            yield AwsCall("eks", "tag_resource", resourceArn=now["nodegroupArn"], tags=tags).because(retagged)
        if not updates and not retagged:
            host.noop(f"nodegroup {nodegroup} is already present")
        return
    if now:
        yield from _delete(now, this)
        yield gone
    fields = {
        "subnets": places,
        "nodeRole": role_arn,
        "scalingConfig": _given(minSize=minimum, maxSize=maximum, desiredSize=desired),
        "instanceTypes": instance_types,
        "amiType": image,
        "capacityType": capacity,
        "labels": labels,
        "taints": taints,
        "launchTemplate": launch,
        "updateConfig": unavailable and {"maxUnavailable": unavailable},
        "version": version,
        "tags": tags,
    }
    yield AwsCall("eks", "create_nodegroup", **this, **{field: value for field, value in fields.items() if value})


@operation()
def nodegroup_active(nodegroup: str, cluster: str, present: bool = True):
    """
    Wait until a node group's nodes have joined; unwanted, start its deletion.

    + nodegroup: its name
    + cluster: name of the cluster
    + present: whether it should exist

    **Idempotency:** a node group that is active, or on its way out, is left alone.

    **Example:**

    .. code:: python

        eks.nodegroup_active(nodegroup="core-node-group", cluster="airflow-dev", name="Core nodes ready")
    """
    now = host.get_fact(Nodegroup, nodegroup=nodegroup, cluster=cluster)
    this = {"clusterName": cluster, "nodegroupName": nodegroup}
    if not present:
        now = own("nodegroup", nodegroup, now, (now or {}).get("tags"), present)
        if now and now["status"] == "DELETING":
            host.noop(f"nodegroup {nodegroup} is already being removed")
        elif now:
            yield from _delete(now, this)
        else:
            absent("nodegroup", nodegroup, now)
    elif now and now["status"] == "ACTIVE":
        host.noop(f"nodegroup {nodegroup} is already active")
    else:
        yield Wait("eks", "nodegroup_active", **this).because([Change("status", now and now["status"], "ACTIVE")])


def _delete(now, this):
    if now["status"] == "DELETING":
        return
    if now["status"] == "UPDATING":
        yield Wait("eks", "nodegroup_settled", **this)
    yield AwsCall("eks", "delete_nodegroup", missing=MISSING, **this)


def _configuration(now, minimum, maximum, labels, taints, unavailable):
    """One update for all that `UpdateNodegroupConfig` takes."""
    params, found = {}, ()
    bounds = differing(now, scalingConfig__minSize=minimum, scalingConfig__maxSize=maximum)
    if bounds:
        size = now["scalingConfig"]["desiredSize"]
        least = now["scalingConfig"]["minSize"] if minimum is None else minimum
        most = now["scalingConfig"]["maxSize"] if maximum is None else maximum
        params["scalingConfig"] = {"minSize": least, "maxSize": most, "desiredSize": min(max(size, least), most)}
        found += bounds
    had = now.get("labels") or {}
    if labels is not None and had != labels:
        put = {key: value for key, value in labels.items() if had.get(key) != value}
        dropped = [key for key in had if key not in labels]
        params["labels"] = {key: value for key, value in {"addOrUpdateLabels": put, "removeLabels": dropped}.items() if value}
        found += tuple(Change(f"label {key}", had.get(key), labels.get(key)) for key in [*put, *dropped])
    had = now.get("taints") or []
    if taints is not None and (changes := differing({"taints": had}, taints=taints)):
        put = [taint for taint in taints if taint not in had]
        kept = [(taint["key"], taint["effect"]) for taint in taints]
        dropped = [taint for taint in had if (taint["key"], taint["effect"]) not in kept]
        params["taints"] = {key: value for key, value in {"addOrUpdateTaints": put, "removeTaints": dropped}.items() if value}
        found += changes
    if changes := differing(now, updateConfig__maxUnavailable=unavailable):
        params["updateConfig"] = {"maxUnavailable": unavailable}
        found += changes
    return [("update_nodegroup_config", params, found)] if params else []


def _standing(now, version, behind):
    """The version its nodes are to have."""
    late = numbers(version)[1] - numbers(now["version"])[1] if version else 0
    return now["version"] if 0 < late <= behind else version


def _version(now, version, launch):
    changes = differing(now, version=version) + differing(now, launchTemplate__version=launch and launch["version"])
    params = {"version": version, "launchTemplate": launch}
    return [("update_nodegroup_version", {field: value for field, value in params.items() if value}, changes)] if changes else []


def _given(**fields) -> dict:
    return {field: value for field, value in fields.items() if value is not None}

"""Operations on EKS clusters."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Answer, Ref
from facts.ec2 import SecurityGroup, subnet_id
from facts.eks import MISSING, Cluster, ClusterVersions
from facts.kms import Key
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent
from operations.ownership import own, seen

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
MOVING = ("CREATING", "PENDING", "UPDATING")


@operation()
def cluster(
    cluster: str,
    version: str | None = None,
    role_arn: str | None = None,
    subnets: list | None = None,
    groups: list | None = None,
    key: str | None = None,
    service_cidr: str | None = None,
    public: bool | None = None,
    public_cidrs: list | None = None,
    private: bool | None = None,
    logs: list | None = None,
    support: str | None = None,
    protect: bool | None = None,
    back: bool = False,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Start/remove an EKS cluster: access by the API alone, its creator an administrator, no self-managed add-ons.
    `eks.cluster_active` waits for it.

    + cluster: its name
    + version: its Kubernetes version; upgraded one minor version at a time
    + role_arn: ARN of its IAM role (fixed)
    + subnets: Name tags of the subnets, or their ids, its control plane reaches into
    + groups: names of its control plane's security groups, next to the one EKS makes
    + key: alias of the KMS key that encrypts its secrets (fixed)
    + service_cidr: range of its services (fixed)
    + public: whether its endpoint can be reached from ``public_cidrs``
    + public_cidrs: ranges that may reach the public endpoint
    + private: whether its endpoint can be reached from within the VPC
    + logs: control-plane logs sent to CloudWatch (owned: others are switched off)
    + support: ``STANDARD`` or ``EXTENDED`` support
    + protect: whether AWS refuses to delete it; lifted when it is removed
    + back: whether it may go to the minor version before: within seven days of an upgrade EKS rolls it back
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** version, endpoint, subnets, groups, logs, support, protection and tags are put right, each with an update that is waited for; another
    role, key or service range is refused, as is a version EKS does not offer. A cluster that failed to be created is made again.

    **Example:**

    .. code:: python

        eks.cluster(
            cluster="airflow-dev",
            version="1.36",
            role_arn="arn:aws:iam::123456789012:role/airflow-dev-us-west-2-cluster",
            subnets=["airflow-dev-private-us-west-2a", "airflow-dev-private-us-west-2b"],
            public=True,
            public_cidrs=["203.0.113.7/32"],
            private=True,
            name="Cluster",
        )
    """
    now = host.get_fact(Cluster, cluster=cluster)
    now = own("cluster", cluster, now, (now or {}).get("tags"), present)
    if not present:
        if now:
            yield from _delete(cluster, now)
            yield Wait("eks", "cluster_deleted", name=cluster)
        else:
            absent("cluster", cluster, now)
        return
    places = {
        "subnetIds": subnets and [subnet_id(name) for name in subnets],
        "securityGroupIds": groups and [Ref(SecurityGroup, "GroupId", group=name) for name in groups],
    }
    endpoint = {"endpointPublicAccess": public, "endpointPrivateAccess": private, "publicAccessCidrs": public_cidrs if public is not False else None}
    arn = key if (key or "").startswith("arn:") else key and Ref(Key, "Arn", key=key)
    if now and now["status"] not in ("FAILED", "DELETING"):
        fixed = differing(now, roleArn=role_arn, kubernetesNetworkConfig__serviceIpv4Cidr=service_cidr)
        fixed += differing({"key": _key_of(now)}, key=arn)
        refused("cluster", cluster, fixed, "remove the cluster first")
        updates = [*_upgrade(cluster, now, version, support, back), *_updates(now, places, endpoint, logs, support, protect)]
        changes = tag.missing(now.get("tags"), tags or {})
        if updates and now["status"] in MOVING:
            yield Wait("eks", "cluster_active", name=cluster)
        for action, params, why in updates:
            yield AwsCall("eks", action, name=cluster, **params).because(why)
            yield Wait("eks", "update_successful", name=cluster, updateId=Answer("eks", action, "update.id"))
        if changes:
            yield AwsCall("eks", "tag_resource", resourceArn=now["arn"], tags=tags).because(changes)
        if not updates and not changes:
            host.noop(f"cluster {cluster} is already present")
        return
    _require_offered(cluster, version, support)
    if now:
        yield from _delete(cluster, now)
        yield Wait("eks", "cluster_deleted", name=cluster)
    yield AwsCall(
        "eks",
        "create_cluster",
        name=cluster,
        roleArn=role_arn,
        resourcesVpcConfig=_given(**places, **endpoint),
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        bootstrapSelfManagedAddons=False,
        **_given(
            version=version,
            logging={"clusterLogging": [{"types": list(logs), "enabled": True}]} if logs else None,
            encryptionConfig=key and [{"resources": ["secrets"], "provider": {"keyArn": arn}}],
            kubernetesNetworkConfig={"ipFamily": "ipv4", **_given(serviceIpv4Cidr=service_cidr)},
            upgradePolicy=support and {"supportType": support},
            deletionProtection=protect,
            tags=tags,
        ),
    )


@operation()
def cluster_active(cluster: str, present: bool = True):
    """
    Wait until an EKS cluster is active; unwanted, start its deletion.

    + cluster: its name
    + present: whether it should exist

    **Idempotency:** a cluster that is active, or on its way out, is left alone.

    **Example:**

    .. code:: python

        eks.cluster_active(cluster="airflow-dev", name="Cluster ready")
    """
    now = host.get_fact(Cluster, cluster=cluster)
    if not present:
        now = own("cluster", cluster, now, (now or {}).get("tags"), present)
        if now and now["status"] == "DELETING":
            host.noop(f"cluster {cluster} is already being removed")
        elif now:
            yield from _delete(cluster, now)
        else:
            absent("cluster", cluster, now)
    elif now and now["status"] == "ACTIVE":
        host.noop(f"cluster {cluster} is already active")
    else:
        yield Wait("eks", "cluster_active", name=cluster).because([Change("status", now and now["status"], "ACTIVE")])


def seen_here(cluster: str) -> bool:
    """
    Whether the cluster is the deployment's, or was in this run: what was made for it without our tag goes with it.

    + cluster: its name
    """
    now = host.get_fact(Cluster, cluster=cluster)
    return bool(own("cluster", cluster, now, (now or {}).get("tags"), present=False)) or (now is None and seen("cluster", cluster))


def _delete(cluster, now):
    if now["status"] == "DELETING":
        return
    if now["status"] in MOVING:
        yield Wait("eks", "cluster_settled", name=cluster)
    if now.get("deletionProtection"):
        change = Change("deletionProtection", True, False)
        yield AwsCall("eks", "update_cluster_config", name=cluster, deletionProtection=False).because([change])
        yield Wait("eks", "update_successful", name=cluster, updateId=Answer("eks", "update_cluster_config", "update.id"))
    yield AwsCall("eks", "delete_cluster", missing=MISSING, name=cluster)


def _upgrade(cluster, now, version, support, back):
    changes = differing(now, version=version)
    if not changes:
        return []
    _require_offered(cluster, version, support)
    major, minor = map(int, now["version"].split("."))
    steps = [f"{major}.{minor + 1}", *([f"{major}.{minor - 1}"] if back else [])]
    if version not in steps:
        newer = tuple(map(int, version.split("."))) > (major, minor)
        refused("cluster", cluster, changes, f"upgrade to {steps[0]} first, one minor version at a time" if newer else f"keep {now['version']}")
    return [("update_cluster_version", {"version": version}, changes)]


def _updates(now, places, endpoint, logs, support, protect):
    for wanted in (endpoint, places):
        if changes := differing(now["resourcesVpcConfig"], **wanted):
            yield "update_cluster_config", {"resourcesVpcConfig": _given(**wanted)}, changes
    enabled = [kind for setup in now.get("logging", {}).get("clusterLogging", ()) if setup.get("enabled") for kind in setup["types"]]
    if changes := differing({"logs": enabled}, logs=logs):
        setups = [{"types": kinds, "enabled": on} for on in (True, False) if (kinds := [kind for kind in LOGS if (kind in logs) is on])]
        yield "update_cluster_config", {"logging": {"clusterLogging": setups}}, changes
    if changes := differing(now, upgradePolicy__supportType=support):
        yield "update_cluster_config", {"upgradePolicy": {"supportType": support}}, changes
    if changes := differing({"deletionProtection": now.get("deletionProtection", False)}, deletionProtection=protect):
        yield "update_cluster_config", {"deletionProtection": protect}, changes


def _require_offered(cluster, version, support):
    if version is None:
        return
    status = ("STANDARD_SUPPORT",) if support == "STANDARD" else ("STANDARD_SUPPORT", "EXTENDED_SUPPORT")
    offered = [item["clusterVersion"] for item in host.get_fact(ClusterVersions) or () if item["versionStatus"] in status]
    if offered and version not in offered:
        offered = ", ".join(sorted(offered, key=lambda item: tuple(map(int, item.split(".")))))
        raise OperationError(f"cluster {cluster}: Kubernetes {version} is not supported by EKS: choose one of {offered}")


def _key_of(now):
    return next((item["provider"]["keyArn"] for item in now.get("encryptionConfig") or ()), None)


def _given(**fields) -> dict:
    return {field: value for field, value in fields.items() if value is not None}

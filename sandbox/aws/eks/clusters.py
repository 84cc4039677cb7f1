"""Clusters: created, described, listed, deleted."""

import uuid

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.eks import karpenter, kubernetes, versions
from sandbox.aws.eks.access_entries import admit_creator
from sandbox.aws.eks.backend import Cluster, backend_of, cluster_of
from sandbox.aws.eks.cluster_request import check_request
from sandbox.aws.eks.errors import in_use, invalid_request
from sandbox.aws.eks.idempotency import idempotent
from sandbox.aws.eks.logs import write_logs
from sandbox.aws.eks.network import make_network, remove_network
from sandbox.aws.eks.updates import now
from sandbox.aws.pages import page
from sandbox.aws.rules import answers

LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


@answers("eks", "CreateCluster")
@idempotent(lambda call, made: made["cluster"]["name"] in backend_of(call).clusters)
def create_cluster(call: Call) -> dict:
    backend, name = backend_of(call), call.params["name"]
    if name in backend.clusters:
        raise in_use(f"Cluster already exists with name: {name}", clusterName=name)
    vpc = check_request(call)
    cluster = Cluster(describe_new(call, vpc), call.account, call.region, call.principal)
    cluster.own_addons = not call.params.get("bootstrapSelfManagedAddons", True)
    backend.clusters[name] = cluster
    make_network(cluster)
    if call.params.get("accessConfig", {}).get("bootstrapClusterCreatorAdminPermissions", True):
        admit_creator(cluster)
    ready = kubernetes.start(cluster)
    clock.after("eks cluster create", lambda: become_active(cluster, ready))
    write_logs(cluster)
    return {"cluster": dict(cluster.description)}


def describe_new(call: Call, vpc: str) -> dict:
    given = call.params
    access = given.get("accessConfig", {})
    network = given.get("kubernetesNetworkConfig", {})
    config = given["resourcesVpcConfig"]
    return {
        "name": given["name"],
        "arn": f"{call.partition_arn}:cluster/{given['name']}",
        "createdAt": now(),
        "version": given.get("version") or versions.DEFAULT,
        "roleArn": given["roleArn"],
        "resourcesVpcConfig": {
            "subnetIds": config["subnetIds"],
            "securityGroupIds": config.get("securityGroupIds", []),
            "vpcId": vpc,
            "endpointPublicAccess": config.get("endpointPublicAccess", True),
            "endpointPrivateAccess": config.get("endpointPrivateAccess", False),
            "publicAccessCidrs": config.get("publicAccessCidrs") or ["0.0.0.0/0"],
        },
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": network.get("serviceIpv4Cidr", "172.20.0.0/16"),
            "ipFamily": network.get("ipFamily", "ipv4"),
            "elasticLoadBalancing": network.get("elasticLoadBalancing", {"enabled": False}),
        },
        "logging": complete_logging(given.get("logging")),
        "identity": {"oidc": {"issuer": f"https://oidc.eks.{call.region}.amazonaws.com/id/{uuid.uuid4().hex.upper()}"}},
        "status": "CREATING",
        "certificateAuthority": {},
        "platformVersion": "eks.5",
        "tags": given.get("tags", {}),
        "encryptionConfig": given.get("encryptionConfig", []),
        "health": {"issues": []},
        "accessConfig": {
            "bootstrapClusterCreatorAdminPermissions": access.get("bootstrapClusterCreatorAdminPermissions", True),
            "authenticationMode": access.get("authenticationMode", "CONFIG_MAP"),
        },
        "upgradePolicy": given.get("upgradePolicy") or {"supportType": "EXTENDED"},
        "deletionProtection": given.get("deletionProtection", False),
        "zonalShiftConfig": given.get("zonalShiftConfig") or {"enabled": False},
        "computeConfig": given.get("computeConfig") or {"enabled": False},
        "storageConfig": given.get("storageConfig") or {"blockStorage": {"enabled": False}},
    }


def complete_logging(given: dict | None) -> dict:
    """As EKS answers: every type is listed, the enabled ones first."""
    enabled = {kind for setup in (given or {}).get("clusterLogging", []) if setup.get("enabled") for kind in setup["types"]}
    both = [([kind for kind in LOG_TYPES if (kind in enabled) == wanted], wanted) for wanted in (True, False)]
    return {"clusterLogging": [{"types": types, "enabled": wanted} for types, wanted in both if types]}


def become_active(cluster: Cluster, ready: "kubernetes.Readiness") -> None:
    """AWS's time has passed; the control plane may need longer."""
    if cluster.status != "CREATING":
        return
    if ready.failure:
        cluster.description["status"] = "FAILED"
        issue = {"code": "InternalFailure", "message": ready.failure, "resourceIds": [cluster.name]}
        cluster.description["health"] = {"issues": [issue]}
    elif ready.is_set():
        cluster.description |= {"status": "ACTIVE", "endpoint": ready.endpoint}
        cluster.description["certificateAuthority"] = {"data": ready.certificate_authority}
        cluster.description["resourcesVpcConfig"]["clusterSecurityGroupId"] = cluster.security_group
        karpenter.attend(cluster)
    else:
        clock.after(0.2 * clock.scale, lambda: become_active(cluster, ready))


@answers("eks", "DescribeCluster")
def describe_cluster(call: Call) -> dict:
    return {"cluster": cluster_of(call).description}


@answers("eks", "ListClusters")
def list_clusters(call: Call) -> dict:
    names, token = page(call, sorted(backend_of(call).clusters))
    return {"clusters": names, "nextToken": token}


@answers("eks", "DeleteCluster")
def delete_cluster(call: Call) -> dict:
    backend, cluster = backend_of(call), cluster_of(call)
    if cluster.nodegroups:
        names = ",".join(cluster.nodegroups)
        raise in_use("Cluster has nodegroups attached", clusterName=cluster.name, nodegroupName=names)
    if cluster.description["deletionProtection"]:
        raise invalid_request(f"Cannot delete cluster {cluster.name} because deletionProtection is enabled", clusterName=cluster.name)
    if cluster.status == "UPDATING":
        raise in_use(f"Cannot delete because cluster {cluster.name} currently has an update in progress", clusterName=cluster.name)
    if cluster.status in ("CREATING", "DELETING"):
        raise in_use(f"Cannot delete because cluster {cluster.name} is in {cluster.status} status", clusterName=cluster.name)
    cluster.description["status"] = "DELETING"
    stopped = kubernetes.stop(cluster)
    clock.after("eks cluster delete", lambda: vanish(backend, cluster, stopped))
    return {"cluster": cluster.description}


def vanish(backend, cluster: Cluster, stopped) -> None:
    if not stopped.is_set():
        clock.after(0.2 * clock.scale, lambda: vanish(backend, cluster, stopped))
        return
    remove_network(cluster)
    backend.clusters.pop(cluster.name, None)
    cluster.description["status"] = "GONE"

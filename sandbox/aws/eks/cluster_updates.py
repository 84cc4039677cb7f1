"""What can be changed on a cluster: one kind of thing at a time, while it is ACTIVE."""

from moto.ec2.models import ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.eks.backend import Cluster, cluster_of
from sandbox.aws.eks.cluster_request import check_encryption, check_endpoint, check_security_groups, check_subnets
from sandbox.aws.eks.clusters import complete_logging
from sandbox.aws.eks.errors import in_use, invalid_parameter, invalid_request
from sandbox.aws.eks.logs import write_logs
from sandbox.aws.eks.network import move_interfaces
from sandbox.aws.eks.updates import start_update
from sandbox.aws.rules import answers

ENDPOINT = ("endpointPublicAccess", "endpointPrivateAccess", "publicAccessCidrs")
PLACES = ("subnetIds", "securityGroupIds")
WHOLE = {
    "accessConfig": "AccessConfigUpdate",
    "upgradePolicy": "UpgradePolicyUpdate",
    "zonalShiftConfig": "ZonalShiftConfigUpdate",
    "deletionProtection": "DeletionProtectionUpdate",
    "computeConfig": "AutoModeUpdate",
    "kubernetesNetworkConfig": "AutoModeUpdate",
    "storageConfig": "AutoModeUpdate",
}


def require_active(cluster: Cluster) -> None:
    if cluster.status == "UPDATING":
        raise in_use(f"Cluster {cluster.name} currently has an update in progress", clusterName=cluster.name)
    if cluster.status != "ACTIVE":
        raise invalid_request(f"Cluster '{cluster.name}' is not in ACTIVE status", clusterName=cluster.name)


@answers("eks", "UpdateClusterConfig")
def update_cluster_config(call: Call) -> dict:
    cluster = cluster_of(call)
    require_active(cluster)
    given = {key: value for key, value in call.params.items() if key not in ("name", "clientRequestToken") and value is not None}
    config = given.get("resourcesVpcConfig", {})
    kinds = {WHOLE[key] for key in given if key in WHOLE} | {"LoggingUpdate" for key in given if key == "logging"}
    kinds |= {"EndpointAccessUpdate" for key in ENDPOINT if key in config} | {"VpcConfigUpdate" for key in PLACES if key in config}
    if len(kinds) != 1:
        raise invalid_parameter("Only one type of update can be allowed." if kinds else "No changes needed", clusterName=cluster.name)
    kind = kinds.pop()
    if kind == "LoggingUpdate":
        return {"update": update_logging(cluster, given["logging"])}
    if config:
        return {"update": update_vpc_config(call, cluster, kind, config)}
    return {"update": update_whole(cluster, kind, given)}


def update_logging(cluster: Cluster, logging: dict) -> dict:
    current = {kind: setup["enabled"] for setup in cluster.description["logging"]["clusterLogging"] for kind in setup["types"]}
    wanted = current | {kind: setup.get("enabled", False) for setup in logging["clusterLogging"] for kind in setup.get("types", ())}
    if wanted == current:
        raise invalid_parameter("No changes needed for the logging config provided", clusterName=cluster.name)
    enabled = {"clusterLogging": [{"types": [kind for kind in wanted if wanted[kind]], "enabled": True}]}

    def done() -> None:
        cluster.description["logging"] = complete_logging(enabled)
        write_logs(cluster)

    return start_update(cluster, cluster.description, "LoggingUpdate", {"ClusterLogging": logging}, "eks cluster update", done)


def update_vpc_config(call: Call, cluster: Cluster, kind: str, config: dict) -> dict:
    current = cluster.description["resourcesVpcConfig"]
    wanted = current | config
    check_endpoint(config, {key: current[key] for key in ENDPOINT})
    if all(sorted(wanted[key]) == sorted(current[key]) if isinstance(wanted[key], list) else wanted[key] == current[key] for key in config):
        states = f"endpointPrivateAccess: {current['endpointPrivateAccess']}, endpointPublicAccess: {current['endpointPublicAccess']}"
        cidrs = f"Public Endpoint Restrictions: {current['publicAccessCidrs']}"
        raise invalid_parameter(f"Cluster is already at the desired configuration with {states}, and {cidrs}", clusterName=cluster.name)
    if kind == "VpcConfigUpdate":
        vpc = check_subnets(call, wanted["subnetIds"])
        if vpc != current["vpcId"]:
            raise invalid_parameter("Subnets specified must belong to the VPC of the cluster", clusterName=cluster.name)
        check_same_zones(call, current["subnetIds"], wanted["subnetIds"])
        check_security_groups(call, vpc, wanted["securityGroupIds"])

    def done() -> None:
        cluster.description["resourcesVpcConfig"] |= config
        if kind == "VpcConfigUpdate":
            move_interfaces(cluster)

    params = {key[0].upper() + key[1:]: value for key, value in config.items()}
    return start_update(cluster, cluster.description, kind, params, "eks cluster update", done)


def check_same_zones(call: Call, current: list[str], wanted: list[str]) -> None:
    """The control plane stays in the zones it was made in."""
    ec2 = ec2_backends[call.account][call.region]
    now, then = (",".join(sorted({ec2.get_subnet(number).availability_zone for number in numbers})) for numbers in (current, wanted))
    if now != then:
        rule = f"they should belong to the exact set of AZs '{now}' in which subnets were provided during cluster creation"
        raise invalid_parameter(f"Provided subnets belong to the AZs '{then}'. But {rule}.")


def update_whole(cluster: Cluster, kind: str, given: dict) -> dict:
    changes = {}
    for key, value in given.items():
        current = cluster.description[key]
        changes[key] = current | value if isinstance(value, dict) else value
    if all(cluster.description[key] == value for key, value in changes.items()):
        raise invalid_parameter("The cluster is already at the desired configuration", clusterName=cluster.name)
    mode, wanted = cluster.description["accessConfig"]["authenticationMode"], changes.get("accessConfig", {}).get("authenticationMode")
    if wanted and ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API").index(wanted) < ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API").index(mode):
        raise invalid_parameter(f"Unsupported authentication mode update from {mode} to {wanted}", clusterName=cluster.name)
    return start_update(cluster, cluster.description, kind, given, "eks cluster update", lambda: cluster.description.update(changes))


@answers("eks", "AssociateEncryptionConfig")
def associate_encryption_config(call: Call) -> dict:
    cluster = cluster_of(call)
    require_active(cluster)
    if cluster.description["encryptionConfig"]:
        raise invalid_parameter("Encryption is already enabled on the cluster", clusterName=cluster.name)
    check_encryption(call)
    config = call.params["encryptionConfig"]
    params = {"EncryptionConfig": config}
    done = lambda: cluster.description.update(encryptionConfig=config)  # noqa: E731
    return {"update": start_update(cluster, cluster.description, "AssociateEncryptionConfig", params, "eks cluster update", done)}

"""What EKS checks before it makes a node group."""

import re

from moto.ec2.models import ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.ec2.zones import offering, unsupported
from sandbox.aws.eks.backend import Cluster
from sandbox.aws.eks.errors import invalid_parameter, invalid_request
from sandbox.aws.eks.roles import find_role, trusts
from sandbox.aws.eks.versions import is_offered, minor

LABEL = re.compile(r"([a-z0-9.-]{1,253}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")


def check_request(call: Call, cluster: Cluster) -> None:
    given = call.params
    if not re.fullmatch(r"[0-9A-Za-z][A-Za-z0-9\-_]{0,62}", given["nodegroupName"]):
        raise invalid_parameter("The nodegroup name can have at most 63 letters, digits, hyphens and underscores.")
    check_node_role(call)
    check_subnets(call, cluster)
    check_version(given, cluster)
    check_scaling({"minSize": 1, "maxSize": 2, "desiredSize": 2} | (given.get("scalingConfig") or {}))
    check_labels(given.get("labels") or {}, given.get("taints") or [])
    check_update_config(given.get("updateConfig") or {})
    template = launch_template_of(call)
    if template:
        check_launch_template(call, template)
    check_types(call, template)


def check_types(call: Call, template: dict | None) -> None:
    """Each zone has to offer each type."""
    ec2, given = ec2_backends[call.account][call.region], call.params
    data = ec2.get_launch_template(template["id"]).get_version(template["version"]).data if template else {}
    types = given.get("instanceTypes") or [data.get("InstanceType") or "t3.medium"]
    offers = {kind: offering(call.account, call.region, kind) for kind in types}
    missing = [kind for kind, zones in offers.items() if not zones]
    if missing:
        raise invalid_parameter(f"The following supplied instance types do not exist: [{', '.join(missing)}]", nodegroupName=given["nodegroupName"])
    for zone in sorted({ec2.get_subnet(subnet).availability_zone for subnet in given["subnets"]}):
        for kind, zones in offers.items():
            if zone not in zones:
                raise invalid_request(unsupported(kind, zone, zones), nodegroupName=given["nodegroupName"])


def check_node_role(call: Call) -> None:
    arn = call.params["nodeRole"]
    role = find_role(call.account, arn)
    if role is None:
        raise invalid_parameter(f"The role with name {arn.rpartition('/')[2]} cannot be found. (Service: AmazonIdentityManagement; Error Code: NoSuchEntity)")
    if not trusts(role, "ec2.amazonaws.com"):
        message = f"Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole {arn}"
        raise invalid_parameter(message)


def check_subnets(call: Call, cluster: Cluster) -> None:
    known = {subnet.id: subnet for subnet in ec2_backends[call.account][call.region].describe_subnets()}
    missing = [subnet for subnet in call.params["subnets"] if subnet not in known]
    if missing or not call.params["subnets"]:
        raise invalid_parameter(f"The subnet ID '{', '.join(missing)}' does not exist (Service: AmazonEC2; Error Code: InvalidSubnetID.NotFound)")
    vpc = cluster.description["resourcesVpcConfig"]["vpcId"]
    if any(known[subnet].vpc_id != vpc for subnet in call.params["subnets"]):
        raise invalid_parameter("Subnets are not in the VPC of the cluster", clusterName=cluster.name)


def check_version(given: dict, cluster: Cluster) -> None:
    version = given.get("version")
    if not version:
        return
    if not is_offered(version) or not 0 <= minor(cluster.description["version"]) - minor(version) <= 3:
        raise invalid_parameter(f"Requested Nodegroup version {version} is not supported with cluster version {cluster.description['version']}")


def check_scaling(scaling: dict) -> None:
    if not scaling["minSize"] <= scaling["desiredSize"] <= scaling["maxSize"]:
        sizes = f"minimum {scaling['minSize']}, desired {scaling['desiredSize']}, maximum {scaling['maxSize']}"
        raise invalid_parameter(f"desired capacity must lie between the minimum and the maximum: {sizes}")
    if scaling["maxSize"] < 1:
        raise invalid_parameter("maximum capacity must be at least 1")


def check_labels(labels: dict, taints: list[dict]) -> None:
    for key in [*labels, *(taint.get("key", "") for taint in taints)]:
        if not LABEL.fullmatch(key):
            raise invalid_parameter(f"Label or taint key {key} is not valid")
        if key.partition("/")[0].endswith(("kubernetes.io", "k8s.io")) and key.partition("/")[0].split(".")[0] not in ("node", "kubelet"):
            raise invalid_parameter(f"Label or taint key {key} cannot contain restricted prefixes [kubernetes.io, k8s.io, eks.amazonaws.com]")
        if key.startswith("eks.amazonaws.com"):
            raise invalid_parameter(f"Label or taint key {key} cannot contain restricted prefixes [kubernetes.io, k8s.io, eks.amazonaws.com]")


def check_update_config(config: dict) -> None:
    if config.get("maxUnavailable") and config.get("maxUnavailablePercentage"):
        raise invalid_parameter("You cannot specify both maxUnavailable and maxUnavailablePercentage")


def launch_template_of(call: Call) -> dict | None:
    """With id, name and version, whichever were given."""
    given = call.params.get("launchTemplate")
    if not given:
        return None
    if bool(given.get("id")) == bool(given.get("name")):
        raise invalid_parameter("Either provide the launch template id or the launch template name, but not both")
    ec2 = ec2_backends[call.account][call.region]
    key = given.get("id") or ec2.launch_template_name_to_ids.get(given["name"])
    if key not in ec2.launch_templates:
        raise invalid_parameter(f"Launch template {given.get('id') or given.get('name')} not found")
    template = ec2.launch_templates[key]
    version = given.get("version") or str(template.default_version_number)
    if not version.isdigit() or not 1 <= int(version) <= len(template.versions):
        raise invalid_parameter(f"Launch template version {version} is invalid: give a version number that exists")
    return {"id": template.id, "name": template.name, "version": version}


def check_launch_template(call: Call, template: dict) -> None:
    given = call.params
    data = ec2_backends[call.account][call.region].get_launch_template(template["id"]).get_version(template["version"]).data
    if given.get("diskSize"):
        raise invalid_parameter("Disk size must be specified within the launch template.")
    if given.get("remoteAccess"):
        raise invalid_parameter("Remote access configuration cannot be specified with a launch template.")
    if given.get("instanceTypes") and data.get("InstanceType"):
        raise invalid_parameter("Instance types must be specified either in the launch template or in the request, not in both.")
    for forbidden in ("IamInstanceProfile", "NetworkInterfaces.SubnetId", "InstanceMarketOptions", "HibernationOptions"):
        name, _, member = forbidden.partition(".")
        found = [item for item in data.get(name, []) if item.get(member)] if member else data.get(name)
        if found:
            raise invalid_parameter(f"Launch template {template['name']} should not specify {forbidden}.")

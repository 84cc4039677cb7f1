"""What EKS checks before it makes a cluster."""

import ipaddress
import re

from moto.ec2.models import ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.ec2.zones import NOT_FOR_EKS
from sandbox.aws.eks.errors import invalid_parameter, unsupported_zone
from sandbox.aws.eks.roles import require_role
from sandbox.aws.eks.versions import is_offered

PRIVATE = [ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]

RESERVED = [*PRIVATE, *(ipaddress.ip_network(cidr) for cidr in ("127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))]


def check_request(call: Call) -> str:
    """Refuses what EKS would; answers the VPC of the subnets."""
    given = call.params
    if not re.fullmatch(r"[0-9A-Za-z][A-Za-z0-9\-_]{0,99}", given["name"]):
        raise invalid_parameter("The cluster name should be alphanumeric, hyphens and underscores, at most 100 characters.")
    if given.get("version") and not is_offered(given["version"]):
        raise invalid_parameter("unsupported Kubernetes version", clusterName=given["name"])
    check_cluster_role(call)
    check_services(given)
    vpc = check_subnets(call, given["resourcesVpcConfig"].get("subnetIds") or [])
    check_security_groups(call, vpc, given["resourcesVpcConfig"].get("securityGroupIds") or [])
    check_endpoint(given["resourcesVpcConfig"], {"endpointPublicAccess": True, "endpointPrivateAccess": False})
    check_encryption(call)
    return vpc


def check_cluster_role(call: Call) -> None:
    arn = call.params["roleArn"]
    message = f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not correct"
    require_role(call, arn, "eks.amazonaws.com", invalid_parameter(message, clusterName=call.params["name"]))


def check_services(given: dict) -> None:
    cidr = given.get("kubernetesNetworkConfig", {}).get("serviceIpv4Cidr")
    if not cidr:
        return
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        raise invalid_parameter(f"The specified service IPv4 CIDR {cidr} is not valid.") from None
    if not any(network.subnet_of(private) for private in PRIVATE) or not 12 <= network.prefixlen <= 24:
        raise invalid_parameter("Service CIDR must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, and between /24 and /12.")


def check_subnets(call: Call, subnet_ids: list[str]) -> str:
    ec2 = ec2_backends[call.account][call.region]
    known = {subnet.id: subnet for subnet in ec2.describe_subnets()}
    for subnet_id in subnet_ids:
        if subnet_id not in known:
            raise invalid_parameter(f"The subnet ID '{subnet_id}' does not exist (Service: AmazonEC2; Error Code: InvalidSubnetID.NotFound)")
    subnets = [known[subnet_id] for subnet_id in subnet_ids]
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        raise invalid_parameter("Subnets specified must be in at least two different AZs")
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid_parameter("Subnets specified must belong to the same VPC")
    check_zones(call, subnets)
    return subnets[0].vpc_id


def check_zones(call: Call, subnets: list) -> None:
    refused = next((subnet.availability_zone for subnet in subnets if subnet.availability_zone_id in NOT_FOR_EKS), None)
    if refused:
        offered = ec2_backends[call.account][call.region].describe_availability_zones()
        valid = [zone.name for zone in offered if zone.zone_id not in NOT_FOR_EKS]
        why = f"because {refused}, the targeted availability zone, does not currently have sufficient capacity to support the cluster"
        message = f"Cannot create cluster '{call.params['name']}' {why}. Retry and choose from these availability zones: {', '.join(valid)}"
        raise unsupported_zone(message, clusterName=call.params["name"], validZones=valid)


def check_security_groups(call: Call, vpc: str, group_ids: list[str]) -> None:
    ec2 = ec2_backends[call.account][call.region]
    for group_id in group_ids:
        group = ec2.get_security_group_from_id(group_id)
        if not group or group.vpc_id != vpc:
            raise invalid_parameter(f"Security group(s) [{group_id}] are not in the same VPC as the subnets.")
    if len(group_ids) > 5:
        raise invalid_parameter("The number of security groups exceeds the limit of 5")


def check_endpoint(given: dict, current: dict) -> None:
    wanted = current | {key: value for key, value in given.items() if value is not None}
    if not wanted["endpointPublicAccess"] and not wanted["endpointPrivateAccess"]:
        raise invalid_parameter("Private and public endpoint access cannot be false")
    for cidr in given.get("publicAccessCidrs") or ():
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError:
            raise invalid_parameter(f"The following CIDRs are not valid: [{cidr}]") from None
        if network.prefixlen and any(network.overlaps(reserved) for reserved in RESERVED):
            raise invalid_parameter(f"The following CIDRs are not allowed in publicAccessCidrs: [{cidr}]")


def check_encryption(call: Call) -> None:
    from moto.kms.models import kms_backends

    for config in call.params.get("encryptionConfig") or ():
        if config.get("resources") != ["secrets"]:
            raise invalid_parameter("The only valid resource for encryption is secrets")
        arn = config.get("provider", {}).get("keyArn", "")
        key = kms_backends[call.account][call.region].keys.get(arn.rpartition("/")[2])
        if not key or key.key_state != "Enabled":
            raise invalid_parameter(f"KeyArn in encryptionConfig provider, provided: {arn}, is invalid")

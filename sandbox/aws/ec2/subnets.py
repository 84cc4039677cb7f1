"""Subnets: empty before they go; their associations go with them."""

import ipaddress

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import depends, ec2_of, interfaces_in
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, follows, refuses


@refuses("ec2", "CreateSubnet")
def check_range(call: Call) -> None:
    cidr = call.params.get("CidrBlock")
    if not cidr:
        return
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Value ({cidr}) for parameter cidrBlock is invalid. This is not a valid CIDR block.") from None
    if str(network) != cidr:
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid. Its network address is {network}.")
    if not 16 <= network.prefixlen <= 28:
        raise AwsError("InvalidSubnet.Range", f"The CIDR '{cidr}' is invalid.")
    ec2, zone = ec2_of(call), call.params.get("AvailabilityZone")
    zones = [z.name for z in ec2.describe_availability_zones()]
    if zone and zone not in zones:
        message = f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones"
        raise AwsError("InvalidParameterValue", f"{message}: {', '.join(zones)}.")
    if not zone and not call.params.get("AvailabilityZoneId"):
        call.params["AvailabilityZone"] = zones[0]


@amends("ec2", "CreateSubnet")
def keep_addresses_private(call: Call, answer: dict) -> None:
    """Only the subnets of the default VPC give public addresses by themselves."""
    subnet = ec2_of(call).get_subnet(answer["Subnet"]["SubnetId"])
    subnet.map_public_ip_on_launch = subnet.default_for_az = False
    answer["Subnet"] |= {"MapPublicIpOnLaunch": False, "DefaultForAz": False}


@refuses("ec2", "DeleteSubnet")
def keep_used_subnets(call: Call) -> None:
    ec2, subnet = ec2_of(call), call.params["SubnetId"]
    ec2.get_subnet(subnet)
    if interfaces_in(ec2, subnet=subnet):
        raise depends("subnet", subnet)


@follows("ec2", "DeleteSubnet")
def remove_associations(call: Call) -> None:
    ec2, subnet = ec2_of(call), call.params["SubnetId"]
    for table in ec2.route_tables.values():
        table._associations = {number: target for number, target in table._associations.items() if target != subnet}
    for acl in ec2.network_acls.values():
        acl._associations = {number: a for number, a in acl._associations.items() if a.subnet_id != subnet}

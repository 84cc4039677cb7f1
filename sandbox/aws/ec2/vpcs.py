"""VPCs: what must go before them, what goes with them, and which ranges they may have."""

import ipaddress

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import depends, ec2_of, interfaces_in
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import follows, refuses

TEN, TWELVE, SIXTEEN = (ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
PRIVATE = (TEN, TWELVE, SIXTEEN)
NEVER = [ipaddress.ip_network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "198.19.0.0/16")]


@refuses("ec2", "DeleteVpc")
def keep_used_vpcs(call: Call) -> None:
    ec2, vpc = ec2_of(call), call.params["VpcId"]
    ec2.get_vpc(vpc)
    used = (
        any(subnet.vpc_id == vpc for subnet in ec2.describe_subnets())
        or any(gateway.vpc and gateway.vpc.id == vpc for gateway in ec2.internet_gateways.values())
        or any(group.name != "default" for group in ec2.groups[vpc].values())
        or any(table.vpc_id == vpc and not table.main_association_id for table in ec2.route_tables.values())
        or any(endpoint.vpc_id == vpc for endpoint in ec2.vpc_end_points.values())
        or interfaces_in(ec2, vpc=vpc)
    )
    if used:
        raise depends("vpc", vpc)


@follows("ec2", "DeleteVpc")
def remove_default_network_acl(call: Call) -> None:
    ec2, vpc = ec2_of(call), call.params["VpcId"]
    for number in [number for number, acl in ec2.network_acls.items() if acl.vpc_id == vpc]:
        del ec2.network_acls[number]
    ec2.groups.pop(vpc, None)


@refuses("ec2", "AssociateVpcCidrBlock")
def check_secondary_range(call: Call) -> None:
    if not call.params.get("CidrBlock"):
        return
    vpc = ec2_of(call).get_vpc(call.params["VpcId"])
    try:
        wanted = ipaddress.ip_network(call.params["CidrBlock"])
    except ValueError:
        raise AwsError("InvalidParameterValue", f"Value ({call.params['CidrBlock']}) for parameter cidrBlock is invalid.") from None
    if not 16 <= wanted.prefixlen <= 28:
        raise AwsError("InvalidVpc.Range", f"The CIDR '{wanted}' is invalid.")
    current = [
        ipaddress.ip_network(block["cidr_block"]) for block in vpc.get_cidr_block_association_set() if block["cidr_block_state"]["state"] == "associated"
    ]
    if any(wanted.overlaps(block) for block in current):
        raise AwsError("InvalidVpc.Range", f"The CIDR '{wanted}' overlaps with one of the VPC's existing CIDR blocks.")
    if any(wanted.overlaps(block) for block in NEVER) or is_restricted(wanted, ipaddress.ip_network(vpc.cidr_block)):
        cure = "Use a CIDR from the same private address range as the current VPC CIDR, or use a publicly-routable CIDR."
        raise AwsError("InvalidVpc.Range", f"The CIDR '{wanted}' is restricted. {cure}")


def is_restricted(wanted, primary) -> bool:
    """The private ranges do not mix."""
    home = next((block for block in PRIVATE if primary.subnet_of(block)), None)
    if home is TWELVE and wanted.overlaps(ipaddress.ip_network("172.31.0.0/16")):
        return True
    return any(wanted.overlaps(block) for block in PRIVATE if block is not home)


@refuses("ec2", "DisassociateVpcCidrBlock")
def keep_used_ranges(call: Call) -> None:
    ec2, number = ec2_of(call), call.params["AssociationId"]
    for vpc in ec2.vpcs.values():
        for block in vpc.get_cidr_block_association_set():
            if block["association_id"] == number:
                network = ipaddress.ip_network(block["cidr_block"])
                inside = [s for s in ec2.describe_subnets() if s.vpc_id == vpc.id and s.cidr.subnet_of(network)]
                if inside:
                    raise AwsError("InvalidCidrBlock.InUse", f"The vpc range {network} is in use by subnet {inside[0].id}")

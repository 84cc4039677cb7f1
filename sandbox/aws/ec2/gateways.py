"""Internet gateways and Elastic IP addresses."""

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of, interfaces_in
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses


@refuses("ec2", "AttachInternetGateway")
def refuse_second_gateway(call: Call) -> None:
    ec2, vpc = ec2_of(call), call.params["VpcId"]
    ec2.get_vpc(vpc)
    if any(gateway.vpc and gateway.vpc.id == vpc for gateway in ec2.internet_gateways.values()):
        gateway = ec2.internet_gateways.get(call.params["InternetGatewayId"])
        if gateway and gateway.vpc:
            message = f"resource {gateway.id} is already attached to network {gateway.vpc.id}"
            raise AwsError("Resource.AlreadyAssociated", message)
        raise AwsError("InvalidParameterValue", f"Network {vpc} already has an internet gateway attached")


@refuses("ec2", "DetachInternetGateway")
def keep_gateway_of_public_addresses(call: Call) -> None:
    ec2, vpc = ec2_of(call), call.params["VpcId"]
    if any(interface.public_ip for interface in interfaces_in(ec2, vpc=vpc)):
        cure = "Please unmap those public address(es) before detaching the gateway."
        raise AwsError("DependencyViolation", f"Network {vpc} has some mapped public address(es). {cure}")


@refuses("ec2", "DeleteInternetGateway")
def keep_attached_gateways(call: Call) -> None:
    number = call.params["InternetGatewayId"]
    gateway = ec2_of(call).internet_gateways.get(number)
    if gateway and gateway.vpc:
        raise AwsError("DependencyViolation", f"The internetGateway '{number}' has dependencies and cannot be deleted.")


@refuses("ec2", "ReleaseAddress")
def keep_used_addresses(call: Call) -> None:
    for address in ec2_of(call).addresses:
        asked = call.params.get("AllocationId"), call.params.get("PublicIp")
        if (address.allocation_id in asked or address.public_ip in asked) and address.association_id:
            raise AwsError("InvalidIPAddress.InUse", f"The address with allocation id [{address.allocation_id}] cannot be released because it is in use")


@refuses("ec2", "DisassociateAddress")
def keep_addresses_of_nat_gateways(call: Call) -> None:
    ec2 = ec2_of(call)
    managed = {gateway._eni.id for gateway in ec2.nat_gateways.values() if gateway.state != "deleted"}
    for address in ec2.addresses:
        if address.association_id == call.params.get("AssociationId") and address.eni and address.eni.id in managed:
            raise AwsError("AuthFailure", "You do not have permission to access the specified resource.", status=403)

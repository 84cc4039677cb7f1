"""NAT gateways: a network interface and an Elastic IP for as long as they live, and minutes to come and go."""

from fnmatch import fnmatchcase

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.repeats import either
from sandbox.aws.rules import amends, refuses


@refuses("ec2", "CreateNatGateway")
def check_request(call: Call) -> None:
    ec2, given = ec2_of(call), call.params
    ec2.get_subnet(given["SubnetId"])
    if (given.get("ConnectivityType") or "public") == "private":
        return
    number = given.get("AllocationId")
    if not number:
        message = "The request must include the AllocationId parameter. Add the required parameter and retry the request."
        raise AwsError("MissingParameter", message)
    if not any(address.allocation_id == number for address in ec2.addresses):
        raise AwsError("InvalidAllocationID.NotFound", f"The allocation ID '{number}' does not exist")
    call.taken = next(((a, a.eni, a.association_id) for a in ec2.addresses if a.allocation_id == number and a.association_id), None)
    if call.taken:
        call.taken[0].eni = call.taken[0].association_id = None


@amends("ec2", "CreateNatGateway")
def take_time(call: Call, answer: dict) -> None:
    ec2 = ec2_of(call)
    gateway = ec2.nat_gateways[answer["NatGateway"]["NatGatewayId"]]
    interface, subnet = gateway._eni, ec2.get_subnet(gateway.subnet_id)
    address = subnet.get_available_subnet_ip(instance=gateway)
    interface.description = f"Interface for NAT Gateway {gateway.id}"
    interface.requester_managed, interface.status, interface.interface_type = True, "in-use", "nat_gateway"
    interface.private_ip_address = gateway.private_ip = address
    interface.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": address}]
    for entry in gateway.address_set:
        entry["privateIp"] = address
    gateway.state = "pending"
    answer["NatGateway"]["State"] = "pending"
    attached = any(g.vpc and g.vpc.id == gateway.vpc_id for g in ec2.internet_gateways.values())
    if getattr(call, "taken", None):
        address, address.eni, address.association_id = call.taken
        failure = "Resource.AlreadyAssociated", f"Elastic IP address [{call.params['AllocationId']}] is already associated"
    elif not attached and gateway.connectivity_type != "private":
        failure = "Gateway.NotAttached", f"Network {gateway.vpc_id} has no Internet gateway attached"
    else:
        failure = None
    clock.after("ec2 nat gateway create", lambda: finish(ec2, gateway, failure))


def finish(ec2, gateway, failure) -> None:
    if gateway.state != "pending":
        return
    if failure:
        gateway.state, (gateway.failure_code, gateway.failure_message) = "failed", failure
        let_go(ec2, gateway)
    else:
        gateway.state = "available"


def let_go(ec2, gateway) -> None:
    ec2.enis.pop(gateway._eni.id, None)
    for address in ec2.addresses:
        if address.eni is gateway._eni:
            address.eni = address.association_id = None
    gateway._eni.public_ip = None


@refuses("ec2", "DeleteNatGateway")
def check_existence(call: Call) -> None:
    number = call.params["NatGatewayId"]
    gateway = ec2_of(call).nat_gateways.get(number)
    if not gateway or gateway.state == "deleted":
        raise AwsError("NatGatewayNotFound", f"The Nat Gateway {number} was not found")
    if gateway.state == "deleting":
        either(call, number, AwsError("IncorrectState", f"The Nat Gateway {number} is in state deleting"))
    call.state = gateway.state


@amends("ec2", "DeleteNatGateway")
def take_leave(call: Call, answer: dict) -> None:
    ec2 = ec2_of(call)
    gateway = ec2.nat_gateways[call.params["NatGatewayId"]]
    if call.state == "deleting":
        gateway.state = "deleting"
        return
    gateway.state = "deleting"

    def gone() -> None:
        gateway.state = "deleted"
        let_go(ec2, gateway)
        clock.after("ec2 nat gateway forgotten", lambda: ec2.nat_gateways.pop(gateway.id, None))

    clock.after("ec2 nat gateway delete", gone)


@amends("ec2", "DescribeNatGateways")
def heed_tag_filters(call: Call, answer: dict) -> None:
    """The emulator passes over filters by tag."""
    for asked in call.params.get("Filter") or []:
        kind, _, key = asked["Name"].partition(":")
        if kind == "tag":
            answer["NatGateways"] = [
                gateway
                for gateway in answer["NatGateways"]
                if any(tag["Key"] == key and any(fnmatchcase(tag["Value"], value) for value in asked["Values"]) for tag in gateway.get("Tags") or [])
            ]


@amends("ec2", "DescribeNatGateways")
def tell_failures(call: Call, answer: dict) -> None:
    ec2 = ec2_of(call)
    for described in answer["NatGateways"]:
        gateway = ec2.nat_gateways[described["NatGatewayId"]]
        if hasattr(gateway, "failure_code"):
            described |= {"FailureCode": gateway.failure_code, "FailureMessage": gateway.failure_message}

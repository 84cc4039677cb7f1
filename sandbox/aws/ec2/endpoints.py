"""VPC endpoints: they take a while, and none is remembered."""

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.repeats import either
from sandbox.aws.rules import amends, answers, refuses


@refuses("ec2", "CreateVpcEndpoint")
def refuse_second_endpoint(call: Call) -> None:
    ec2, given = ec2_of(call), call.params
    if (given.get("VpcEndpointType") or "Gateway") != "Gateway":
        return
    for endpoint in ec2.vpc_end_points.values():
        same = endpoint.vpc_id == given["VpcId"] and endpoint.service_name == given["ServiceName"]
        shared = set(endpoint.route_table_ids or ()) & set(given.get("RouteTableIds") or ())
        if same and shared:
            raise AwsError("RouteAlreadyExists", f"route table {shared.pop()} already has a route with destination-prefix-list-id")


@amends("ec2", "CreateVpcEndpoint")
def take_time(call: Call, answer: dict) -> None:
    ec2 = ec2_of(call)
    endpoint = ec2.vpc_end_points[answer["VpcEndpoint"]["VpcEndpointId"]]
    endpoint.vpc_endpoint_type = endpoint.vpc_endpoint_type or "Gateway"
    answer["VpcEndpoint"]["VpcEndpointType"] = endpoint.vpc_endpoint_type
    for number in endpoint.network_interface_ids:
        interface = ec2.enis[number]
        interface.description = f"VPC Endpoint Interface {endpoint.id}"
        if endpoint.security_group_ids:
            interface._group_set = [ec2.get_security_group_from_id(group) for group in endpoint.security_group_ids]
        interface.requester_managed, interface.status, interface.interface_type = True, "in-use", "vpc_endpoint"
    if endpoint.network_interface_ids:
        endpoint.state = answer["VpcEndpoint"]["State"] = "pending"
        clock.after("ec2 vpc endpoint create", lambda: setattr(endpoint, "state", "available"))


@answers("ec2", "DeleteVpcEndpoints")
def delete_endpoints(call: Call) -> dict:
    """A success, whatever comes of each: those that cannot be deleted are told in it."""
    unsuccessful = []
    for number in call.params["VpcEndpointIds"]:
        try:
            begin_to_go(call, number)
        except AwsError as error:
            unsuccessful.append({"ResourceId": number, "Error": {"Code": error.code, "Message": error.message}})
    return {"Unsuccessful": unsuccessful}


def begin_to_go(call: Call, number: str) -> None:
    """The routes of a gateway endpoint go first, an interface endpoint's interfaces last."""
    ec2 = ec2_of(call)
    endpoint = ec2.vpc_end_points.get(number)
    if endpoint is None:
        raise AwsError("InvalidVpcEndpoint.NotFound", f"The Vpc Endpoint Id '{number}' does not exist")
    if endpoint.state == "deleting":
        either(call, number, AwsError("IncorrectState", f"The Vpc Endpoint '{number}' is in state deleting"))
        return
    routed = endpoint.vpc_endpoint_type == "Gateway"
    if routed:
        ec2.delete_vpc_endpoints([number])
        endpoint.route_table_ids = []
    endpoint.state = "deleting"

    def gone() -> None:
        if not routed:
            ec2.delete_vpc_endpoints([number])
        ec2.vpc_end_points.pop(number, None)

    clock.after("ec2 vpc endpoint delete", gone)

"""Route tables: one for each subnet; routes to what is gone are black holes."""

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import depends, ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, refuses


@refuses("ec2", "DeleteRouteTable")
def keep_main_tables(call: Call) -> None:
    table = ec2_of(call).get_route_table(call.params["RouteTableId"])
    if table.main_association_id:
        raise depends("routeTable", table.id)


@refuses("ec2", "AssociateRouteTable")
def refuse_second_table(call: Call) -> None:
    ec2, wanted, subnet = ec2_of(call), call.params["RouteTableId"], call.params.get("SubnetId")
    table = ec2.get_route_table(wanted)
    if subnet and ec2.get_subnet(subnet).vpc_id != table.vpc_id:
        raise AwsError("InvalidParameterValue", f"Route table {wanted} and subnet {subnet} belong to different networks")
    for other in ec2.route_tables.values():
        if subnet and other.id != wanted and subnet in other._associations.values():
            message = f"the specified association for route table {wanted} conflicts with an existing association"
            raise AwsError("Resource.AlreadyAssociated", message)


@refuses("ec2", "CreateRoute", "ReplaceRoute")
def check_target(call: Call) -> None:
    ec2, nat = ec2_of(call), call.params.get("NatGatewayId")
    if nat and (nat not in ec2.nat_gateways or ec2.nat_gateways[nat].state in ("deleting", "deleted", "failed")):
        raise AwsError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")
    gateway = call.params.get("GatewayId") or ""
    if gateway.startswith("igw-") and gateway in ec2.internet_gateways:
        table = ec2.get_route_table(call.params["RouteTableId"])
        attached = ec2.internet_gateways[gateway].vpc
        if not attached or attached.id != table.vpc_id:
            raise AwsError("InvalidParameterValue", f"route table {table.id} and network gateway {gateway} belong to different networks")


@amends("ec2", "DescribeRouteTables")
def show_black_holes(call: Call, answer: dict) -> None:
    ec2 = ec2_of(call)
    for route in (route for table in answer["RouteTables"] for route in table.get("Routes", ())):
        nat, gateway = route.get("NatGatewayId"), route.get("GatewayId", "")
        gone = nat and (nat not in ec2.nat_gateways or ec2.nat_gateways[nat].state == "deleted")
        if gateway.startswith("igw-"):
            gone = gateway not in ec2.internet_gateways or not ec2.internet_gateways[gateway].vpc
        if gone:
            route["State"] = "blackhole"

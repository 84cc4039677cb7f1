"""Facts about the ways out of a VPC: addresses, NAT gateways, route tables, endpoints."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import OWNED, AwsFact, named

GOING = "['deleting', 'deleted', 'Deleting', 'Deleted']"
"""States of an endpoint on its way out; AWS documents them capitalised and answers them in lower case."""


class ElasticIp(AwsFact):
    """
    Returns the elastic IP with this Name tag, or ``None``: ``AllocationId``, ``PublicIp``, ``AssociationId`` while in use, ``Tags``.

    + address: its Name tag
    """

    def command(self, address):
        self.pick = f"Addresses[?{named(address)}] | [0]"
        return AwsCall("ec2", "describe_addresses", about=address, Filters=OWNED)


class ElasticIpNames(AwsFact):
    """
    Returns the Name tags of the elastic IPs that are ours.
    """

    pick = "Addresses[].Tags[] | [?Key=='Name'].Value"

    def command(self):
        return AwsCall("ec2", "describe_addresses", Filters=OWNED)


class NatGateway(AwsFact):
    """
    Returns the NAT gateway with this Name tag that is ``pending`` or ``available``, or ``None``: ``NatGatewayId``, ``State``, ``SubnetId``,
    ``NatGatewayAddresses``, ``Tags``.

    + nat: its Name tag
    """

    def command(self, nat):
        self.pick = f"NatGateways[?{named(nat)} && (State=='pending' || State=='available')] | [0]"
        return AwsCall("ec2", "describe_nat_gateways", Filter=OWNED)


class LeavingNatGateway(AwsFact):
    """
    Returns the NAT gateway with this Name tag that is ``deleting`` and still holds its address, or ``None``: ``NatGatewayId``.

    + nat: its Name tag
    """

    def command(self, nat):
        self.pick = f"NatGateways[?{named(nat)} && State=='deleting'] | [0]"
        return AwsCall("ec2", "describe_nat_gateways", Filter=OWNED)


class FailedNatGateway(AwsFact):
    """
    Returns the newest NAT gateway with this Name tag that AWS could not make, or ``None``: ``NatGatewayId``, ``FailureMessage``.

    + nat: its Name tag
    """

    def command(self, nat):
        self.pick = f"sort_by(NatGateways[?{named(nat)} && State=='failed'], &CreateTime) | [-1]"
        return AwsCall("ec2", "describe_nat_gateways", Filter=OWNED)


class NatGatewayNames(AwsFact):
    """
    Returns the Name tags of the NAT gateways that are ours and not deleted.
    """

    pick = "NatGateways[?State!='deleted' && State!='failed'].Tags[] | [?Key=='Name'].Value"

    def command(self):
        return AwsCall("ec2", "describe_nat_gateways", Filter=OWNED)


class RouteTable(AwsFact):
    """
    Returns the route table with this Name tag, or ``None``: ``RouteTableId``, ``VpcId``, ``Routes``, ``Associations``, ``Tags``.

    + table: its Name tag
    """

    def command(self, table):
        self.pick = f"RouteTables[?{named(table)}] | [0]"
        return AwsCall("ec2", "describe_route_tables", about=table, Filters=OWNED)


class RouteTableNames(AwsFact):
    """
    Returns the Name tags of the route tables that are ours.
    """

    pick = "RouteTables[].Tags[] | [?Key=='Name'].Value"

    def command(self):
        return AwsCall("ec2", "describe_route_tables", Filters=OWNED)


class VpcEndpoint(AwsFact):
    """
    Returns the VPC endpoint with this Name tag that is not being removed, or ``None``: ``VpcEndpointId``, ``ServiceName``,
    ``RouteTableIds``, ``SubnetIds``, ``Groups``, ``State``, ``Tags``.

    + endpoint: its Name tag
    """

    def command(self, endpoint):
        self.pick = f"VpcEndpoints[?{named(endpoint)} && !contains({GOING}, State)] | [0]"
        return AwsCall("ec2", "describe_vpc_endpoints", Filters=OWNED)


class VpcEndpointNames(AwsFact):
    """
    Returns the Name tags of the VPC endpoints that are ours and not being removed.
    """

    pick = f"VpcEndpoints[?!contains({GOING}, State)].Tags[] | [?Key=='Name'].Value"

    def command(self):
        return AwsCall("ec2", "describe_vpc_endpoints", Filters=OWNED)

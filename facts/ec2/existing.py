"""Facts about a VPC that somebody else looks after, by its id."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


def _in(vpc: str) -> list[dict]:
    return [{"Name": "vpc-id", "Values": [vpc]}]


class ExistingVpc(AwsFact):
    """
    Returns the VPC of this id, or ``None``: ``VpcId``, ``OwnerId``, ``CidrBlockAssociationSet``.

    + vpc: its id

    .. code:: python

        {"VpcId": "vpc-0a1b2c3d", "OwnerId": "123456789012", "CidrBlockAssociationSet": [{"CidrBlock": "10.8.0.0/16", ...}], ...}
    """

    pick = "Vpcs[0]"

    def command(self, vpc):
        return AwsCall("ec2", "describe_vpcs", missing=("InvalidVpcID.NotFound",), VpcIds=[vpc])


class ExistingSubnets(AwsFact):
    """
    Returns the subnets of a VPC: ``SubnetId``, ``AvailabilityZone``, ``CidrBlock``, ``AvailableIpAddressCount``, ``MapPublicIpOnLaunch``, ``Tags``.

    + vpc: its id
    """

    pick = "Subnets"

    def command(self, vpc):
        return AwsCall("ec2", "describe_subnets", Filters=_in(vpc))


class ExistingRoutes(AwsFact):
    """
    Returns the route tables of a VPC: ``Associations``, ``Routes``.

    + vpc: its id
    """

    pick = "RouteTables"

    def command(self, vpc):
        return AwsCall("ec2", "describe_route_tables", Filters=_in(vpc))


class ExistingEndpoints(AwsFact):
    """
    Returns the names of the services that a VPC has available endpoints of.

    + vpc: its id

    .. code:: python

        ["com.amazonaws.us-west-2.s3", "com.amazonaws.us-west-2.sts"]
    """

    pick = "VpcEndpoints[?State=='available'].ServiceName"

    def command(self, vpc):
        return AwsCall("ec2", "describe_vpc_endpoints", Filters=_in(vpc))

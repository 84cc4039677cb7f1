"""Facts about VPCs, their gateways to the internet and their subnets."""

from __future__ import annotations

import re

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.aws import OWNED, AwsFact, named


class Vpc(AwsFact):
    """
    Returns the VPC with this Name tag, or ``None``: ``VpcId``, ``CidrBlock``, ``CidrBlockAssociationSet``, ``Tags``.

    + vpc: its Name tag

    .. code:: python

        {"VpcId": "vpc-0a1b", "CidrBlock": "10.1.0.0/16", ...}
    """

    def command(self, vpc):
        self.pick = f"Vpcs[?{named(vpc)}] | [0]"
        return AwsCall("ec2", "describe_vpcs", Filters=OWNED)


class RenamedVpc(AwsFact):
    """
    Returns a VPC of the deployment that lost its Name tag, or ``None``: ``VpcId``.

    + vpc: its Name tag
    """

    def command(self, vpc):
        self.pick = f"Vpcs[?!({named(vpc)})] | [0]"
        return AwsCall("ec2", "describe_vpcs", Filters=OWNED)


class VpcAttribute(AwsFact):
    """
    Returns whether an attribute of a VPC that exists is on.

    + vpc: Name tag of the VPC, or its id
    + attribute: ``enableDnsSupport`` or ``enableDnsHostnames``
    """

    pick = "[EnableDnsSupport, EnableDnsHostnames][?@].Value | [0]"

    def command(self, vpc, attribute):
        return AwsCall("ec2", "describe_vpc_attribute", VpcId=vpc_id(vpc), Attribute=attribute)


class InternetGateway(AwsFact):
    """
    Returns the internet gateway with this Name tag, or ``None``: ``InternetGatewayId``, ``Attachments``, ``Tags``.

    + gateway: its Name tag
    """

    def command(self, gateway):
        self.pick = f"InternetGateways[?{named(gateway)}] | [0]"
        return AwsCall("ec2", "describe_internet_gateways", about=gateway, Filters=OWNED)


class Subnet(AwsFact):
    """
    Returns the subnet with this Name tag, or ``None``: ``SubnetId``, ``VpcId``, ``CidrBlock``, ``AvailabilityZone``, ``Tags``.

    + subnet: its Name tag
    """

    def command(self, subnet):
        self.pick = f"Subnets[?{named(subnet)}] | [0]"
        return AwsCall("ec2", "describe_subnets", about=subnet, Filters=OWNED)


class SubnetNames(AwsFact):
    """
    Returns the Name tags of the subnets that are ours.
    """

    pick = "Subnets[].Tags[] | [?Key=='Name'].Value"

    def command(self):
        return AwsCall("ec2", "describe_subnets", Filters=OWNED)


def by_id(thing: str) -> bool:
    """
    Whether a VPC or a subnet is known by its id: then it is somebody else's. One of our own is known by its Name tag.

    + thing: id or Name tag
    """
    return bool(re.fullmatch(r"(vpc|subnet)-[0-9a-f]{8,17}", thing))


def vpc_id(vpc: str) -> str | Ref:
    """
    The id of a VPC, a `Ref` where it is our own.

    + vpc: id or Name tag
    """
    return vpc if by_id(vpc) else Ref(Vpc, "VpcId", vpc=vpc)


def subnet_id(subnet: str) -> str | Ref:
    """
    The id of a subnet, a `Ref` where it is our own.

    + subnet: id or Name tag
    """
    return subnet if by_id(subnet) else Ref(Subnet, "SubnetId", subnet=subnet)

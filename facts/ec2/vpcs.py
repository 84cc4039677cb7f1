"""Facts about EC2: the network a deployment lives in."""

from __future__ import annotations

from connectors.command import AwsCall
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


class Subnet(AwsFact):
    """
    Returns the subnet with this Name tag, or ``None``: ``SubnetId``, ``VpcId``, ``CidrBlock``, ``AvailabilityZone``, ``Tags``.

    + subnet: its Name tag
    """

    def command(self, subnet):
        self.pick = f"Subnets[?{named(subnet)}] | [0]"
        return AwsCall("ec2", "describe_subnets", Filters=OWNED)

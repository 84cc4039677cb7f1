"""Facts about security groups."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import OWNED, AwsFact
from facts.ec2.vpcs import vpc_id

OURS = "SecurityGroups[?GroupName!='default' && !(Tags[?Key=='elbv2.k8s.aws/cluster'])]"
"""Not the VPC's default group, nor those the load balancer controller makes and tags with the deployment's tags."""


class SecurityGroup(AwsFact):
    """
    Returns the security group of this name, or ``None``: ``GroupId``, ``Description``, ``VpcId``, ``IpPermissions``, ``IpPermissionsEgress``, ``Tags``.

    + group: its name

    .. code:: python

        {"GroupId": "sg-0a1b", "GroupName": "airflow-dev-nodes", "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 443, ...}], ...}
    """

    def command(self, group):
        self.pick = f"SecurityGroups[?GroupName=='{group}'] | [0]"
        return AwsCall("ec2", "describe_security_groups", about=group, Filters=OWNED)


class SecurityGroups(AwsFact):
    """
    Returns every security group of the deployment, as `SecurityGroup` does one.
    """

    pick = "SecurityGroups"

    def command(self):
        return AwsCall("ec2", "describe_security_groups", Filters=OWNED)


class DefaultSecurityGroup(AwsFact):
    """
    Returns the default security group of a VPC that exists: ``GroupId``, ``IpPermissions``, ``IpPermissionsEgress``, ``Tags``.

    + vpc: Name tag of the VPC, or its id
    """

    pick = "SecurityGroups[0]"

    def command(self, vpc):
        filters = [{"Name": "vpc-id", "Values": [vpc_id(vpc)]}, {"Name": "group-name", "Values": ["default"]}]
        return AwsCall("ec2", "describe_security_groups", Filters=filters)


class SecurityGroupNames(AwsFact):
    """
    Returns the names of the security groups that are ours.
    """

    pick = f"{OURS}.GroupName"

    def command(self):
        return AwsCall("ec2", "describe_security_groups", Filters=OWNED)

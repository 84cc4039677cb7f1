"""Facts about EC2: the network a deployment lives in, and what its nodes start from."""

from facts.ec2.groups import DefaultSecurityGroup, SecurityGroup, SecurityGroupNames, SecurityGroups
from facts.ec2.templates import LaunchTemplate, LaunchTemplateNames, LaunchTemplateVersion
from facts.ec2.vpcs import Subnet, Vpc

__all__ = [
    "DefaultSecurityGroup",
    "LaunchTemplate",
    "LaunchTemplateNames",
    "LaunchTemplateVersion",
    "SecurityGroup",
    "SecurityGroupNames",
    "SecurityGroups",
    "Subnet",
    "Vpc",
]

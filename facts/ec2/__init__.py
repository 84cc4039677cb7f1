"""Facts about EC2: the network a deployment lives in, and what its nodes start from."""

from facts.ec2.existing import ExistingEndpoints, ExistingRoutes, ExistingSubnets, ExistingVpc
from facts.ec2.groups import DefaultSecurityGroup, SecurityGroup, SecurityGroupNames, SecurityGroups
from facts.ec2.karpenter import KarpenterInstances, KarpenterTemplates
from facts.ec2.leftovers import ControllerGroups, GuardDutyEndpoints, LeftoverGroups, LeftoverInterfaces, VpcGroups
from facts.ec2.namesakes import Namesake
from facts.ec2.routes import (
    ElasticIp,
    ElasticIpNames,
    FailedNatGateway,
    LeavingNatGateway,
    NatGateway,
    NatGatewayNames,
    RouteTable,
    RouteTableNames,
    VpcEndpoint,
    VpcEndpointNames,
)
from facts.ec2.templates import LaunchTemplate, LaunchTemplateNames, LaunchTemplateVersion
from facts.ec2.volumes import ClaimVolumes
from facts.ec2.vpcs import InternetGateway, RenamedVpc, Subnet, SubnetNames, Vpc, VpcAttribute, by_id, subnet_id, vpc_id
from facts.ec2.zones import AvailabilityZones, InstanceTypeOfferings, InstanceTypes, SubnetPlaces, SubnetZones

__all__ = [
    "AvailabilityZones",
    "ClaimVolumes",
    "ControllerGroups",
    "DefaultSecurityGroup",
    "ElasticIp",
    "ElasticIpNames",
    "ExistingEndpoints",
    "ExistingRoutes",
    "ExistingSubnets",
    "ExistingVpc",
    "FailedNatGateway",
    "InstanceTypeOfferings",
    "InstanceTypes",
    "GuardDutyEndpoints",
    "InternetGateway",
    "KarpenterInstances",
    "KarpenterTemplates",
    "LaunchTemplate",
    "LaunchTemplateNames",
    "LaunchTemplateVersion",
    "LeavingNatGateway",
    "LeftoverGroups",
    "LeftoverInterfaces",
    "Namesake",
    "NatGateway",
    "NatGatewayNames",
    "RenamedVpc",
    "RouteTable",
    "RouteTableNames",
    "SecurityGroup",
    "SecurityGroupNames",
    "SecurityGroups",
    "Subnet",
    "SubnetNames",
    "SubnetPlaces",
    "SubnetZones",
    "Vpc",
    "VpcAttribute",
    "VpcEndpoint",
    "VpcEndpointNames",
    "VpcGroups",
    "by_id",
    "subnet_id",
    "vpc_id",
]

"""Operations on EC2: the network a deployment lives in, and what its nodes start from."""

from operations.ec2.endpoints import endpoints_available, vpc_endpoint
from operations.ec2.existing import existing_network
from operations.ec2.groups import default_security_group, security_group
from operations.ec2.karpenter import karpenter
from operations.ec2.leftovers import leftovers
from operations.ec2.nat import elastic_ip, nat_available, nat_gateway
from operations.ec2.routes import route_table
from operations.ec2.templates import launch_template
from operations.ec2.volumes import volumes
from operations.ec2.vpcs import internet_gateway, subnet, vpc

__all__ = [
    "default_security_group",
    "elastic_ip",
    "endpoints_available",
    "existing_network",
    "internet_gateway",
    "karpenter",
    "launch_template",
    "leftovers",
    "nat_available",
    "nat_gateway",
    "route_table",
    "security_group",
    "subnet",
    "volumes",
    "vpc",
    "vpc_endpoint",
]

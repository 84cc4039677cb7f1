"""Operations on EC2: the network a deployment lives in, and what its nodes start from."""

from operations.ec2.groups import default_security_group, security_group
from operations.ec2.templates import launch_template
from operations.ec2.vpcs import subnet, vpc

__all__ = ["default_security_group", "launch_template", "security_group", "subnet", "vpc"]

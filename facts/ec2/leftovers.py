"""Facts about what controllers leave in a VPC."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import AwsFact
from facts.ec2.vpcs import vpc_id

NODES = ("cluster.k8s.amazonaws.com/name", "node.k8s.amazonaws.com/instance_id")
GUARD_DUTY = "GuardDutyManaged"
"""The tag GuardDuty gives what it puts into a VPC. Source: https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html"""

GROUPS = ("elbv2.k8s.aws/cluster", "aws:eks:cluster-name", GUARD_DUTY)


def _in(vpc) -> dict:
    return {"Name": "vpc-id", "Values": [vpc_id(vpc)]}


class LeftoverInterfaces(AwsFact):
    """
    Returns the network interfaces that vpc-cni or EKS made in a VPC that exists and that nothing uses any more:
    ``NetworkInterfaceId``, ``Description``.

    + vpc: Name tag of the VPC, or its id
    """

    pick = "NetworkInterfaces[?{} || starts_with(Description || '', 'aws-K8S-') || starts_with(Description || '', 'Amazon EKS ')]".format(
        " || ".join(f"TagSet[?Key=='{tag}']" for tag in NODES)
    )

    def command(self, vpc):
        return AwsCall("ec2", "describe_network_interfaces", Filters=[_in(vpc), {"Name": "status", "Values": ["available"]}])


class LeftoverGroups(AwsFact):
    """
    Returns the security groups that the load balancer controller, EKS or GuardDuty made in a VPC that exists: ``GroupId``, ``GroupName``.

    + vpc: Name tag of the VPC, or its id
    """

    pick = "SecurityGroups[?{}]".format(" || ".join(f"Tags[?Key=='{tag}']" for tag in GROUPS))

    def command(self, vpc):
        return AwsCall("ec2", "describe_security_groups", Filters=[_in(vpc)])


class GuardDutyEndpoints(AwsFact):
    """
    Returns the endpoints that GuardDuty made in a VPC that exists: ``VpcEndpointId``, ``State``.

    + vpc: Name tag of the VPC, or its id
    """

    pick = "VpcEndpoints[?State!='deleted']"

    def command(self, vpc):
        return AwsCall("ec2", "describe_vpc_endpoints", Filters=[_in(vpc), {"Name": f"tag:{GUARD_DUTY}", "Values": ["true"]}])


class ControllerGroups(AwsFact):
    """
    Returns the security groups that the load balancer controller of a cluster made: ``GroupId``, ``GroupName``.

    + cluster: name of the cluster
    """

    pick = "SecurityGroups"

    def command(self, cluster):
        return AwsCall("ec2", "describe_security_groups", Filters=[{"Name": f"tag:{GROUPS[0]}", "Values": [cluster]}])


class VpcGroups(AwsFact):
    """
    Returns all security groups of a VPC that exists, as `SecurityGroup` does one.

    + vpc: Name tag of the VPC, or its id
    """

    pick = "SecurityGroups"

    def command(self, vpc):
        return AwsCall("ec2", "describe_security_groups", Filters=[_in(vpc)])

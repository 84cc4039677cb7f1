"""What is in a VPC and keeps it from going, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


@dataclass(frozen=True)
class Obstacle:
    """
    A kind of thing that AWS counts when it answers ``DependencyViolation``.

    + kind: what it is
    + service, action: the call that lists it
    + pick: JMESPath of ``id``, ``what`` it is for, ``tags``; ``{vpc}`` stands for the VPC's id
    + remove: what a person removes it with
    + filter: EC2's filter for what is in a VPC
    """

    kind: str
    service: str
    action: str
    pick: str
    remove: str
    filter: str = "vpc-id"

    def __str__(self):
        return self.kind


_OF_AWS = "[?!RequesterManaged]"
"""An interface that AWS made goes with what it is for, which is listed too."""

_PEERING = "VpcPeeringConnections[?Status.Code!='deleted'].{id: VpcPeeringConnectionId, what: Status.Code, tags: Tags}"
_LIVE = "[?State.Name!='terminated']"

OBSTACLES = (
    Obstacle(
        "VPC endpoint",
        "ec2",
        "describe_vpc_endpoints",
        "VpcEndpoints[?State!='deleted'].{id: VpcEndpointId, what: ServiceName, tags: Tags}",
        "aws ec2 delete-vpc-endpoints --vpc-endpoint-ids",
    ),
    Obstacle(
        "load balancer",
        "elbv2",
        "describe_load_balancers",
        "LoadBalancers[?VpcId=='{vpc}'].{id: LoadBalancerArn, what: Type, tags: `[]`}",
        "aws elbv2 delete-load-balancer --load-balancer-arn",
    ),
    Obstacle(
        "classic load balancer",
        "elb",
        "describe_load_balancers",
        "LoadBalancerDescriptions[?VPCId=='{vpc}'].{id: LoadBalancerName, what: DNSName, tags: `[]`}",
        "aws elb delete-load-balancer --load-balancer-name",
    ),
    Obstacle(
        "instance",
        "ec2",
        "describe_instances",
        f"Reservations[].Instances[] | {_LIVE}.{{id: InstanceId, what: InstanceType, tags: Tags}}",
        "aws ec2 terminate-instances --instance-ids",
    ),
    Obstacle(
        "network interface",
        "ec2",
        "describe_network_interfaces",
        f"NetworkInterfaces{_OF_AWS}.{{id: NetworkInterfaceId, what: Description, tags: TagSet}}",
        "aws ec2 delete-network-interface --network-interface-id",
    ),
    Obstacle(
        "security group",
        "ec2",
        "describe_security_groups",
        "SecurityGroups[?GroupName!='default'].{id: GroupId, what: GroupName, tags: Tags}",
        "aws ec2 delete-security-group --group-id",
    ),
    Obstacle(
        "subnet",
        "ec2",
        "describe_subnets",
        "Subnets[].{id: SubnetId, what: CidrBlock, tags: Tags}",
        "aws ec2 delete-subnet --subnet-id",
    ),
    Obstacle(
        "route table",
        "ec2",
        "describe_route_tables",
        "RouteTables[?!(Associations[?Main])].{id: RouteTableId, what: VpcId, tags: Tags}",
        "aws ec2 delete-route-table --route-table-id",
    ),
    Obstacle(
        "peering",
        "ec2",
        "describe_vpc_peering_connections",
        _PEERING,
        "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id",
        "requester-vpc-info.vpc-id",
    ),
    Obstacle(
        "peering",
        "ec2",
        "describe_vpc_peering_connections",
        _PEERING,
        "aws ec2 delete-vpc-peering-connection --vpc-peering-connection-id",
        "accepter-vpc-info.vpc-id",
    ),
)


class Inside(AwsFact):
    """
    Returns what there is of a kind in a VPC, whoever's it is: ``id``, ``what``, ``tags``.

    + obstacle: a row of `OBSTACLES`
    + vpc: the VPC's id

    .. code:: python

        [{"id": "vpce-1", "what": "com.amazonaws.us-west-2.guardduty-data", "tags": [{"Key": "GuardDutyManaged", "Value": "true"}]}]
    """

    def command(self, obstacle, vpc):
        self.pick = obstacle.pick.replace("{vpc}", vpc)
        filters = {"Filters": [{"Name": obstacle.filter, "Values": [vpc]}]} if obstacle.service == "ec2" else {}
        return AwsCall(obstacle.service, obstacle.action, **filters)

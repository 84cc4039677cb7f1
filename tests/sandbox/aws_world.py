"""What the tests of the emulated AWS build on: a network, roles, and waiting."""

import contextlib
import json
import time
import uuid
from functools import cached_property

import pytest
from botocore.exceptions import ClientError


def wait(question, seconds: float = 15):
    """The first true answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.02)
    raise AssertionError("it did not happen")


@contextlib.contextmanager
def refused(code: str, text: str = ""):
    """The call inside is refused with this error code, its message holding this text."""
    with pytest.raises(ClientError) as caught:
        yield
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    assert text in error["Message"], error


@contextlib.contextmanager
def at_aws_pace(world, scale=1):
    """What takes AWS seconds takes seconds, or a fraction (scale) of them: a state on the way can be seen."""
    world.aws.ask("time-scale", {"time_scale": scale})
    try:
        yield
    finally:
        world.aws.ask("time-scale", {"time_scale": 600})


def trust(service: str, *actions: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions) or ["sts:AssumeRole"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """Made when first asked for, under a name of its own."""

    def __init__(self, aws):
        self.aws = aws
        self.name = "t" + uuid.uuid4().hex[:8]
        self.ec2, self.eks, self.iam = aws("ec2"), aws("eks"), aws("iam")

    @cached_property
    def vpc(self) -> str:
        vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        return vpc

    @cached_property
    def gateway(self) -> str:
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        return gateway

    @cached_property
    def subnets(self) -> list[str]:
        made = []
        for number, zone in enumerate("ab"):
            place = {"CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": f"eu-west-1{zone}"}
            made.append(self.ec2.create_subnet(VpcId=self.vpc, **place)["Subnet"]["SubnetId"])
        table = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])["RouteTables"][0]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway)
        return made

    def group(self, name: str = "one") -> str:
        return self.ec2.create_security_group(GroupName=name, Description="test", VpcId=self.vpc)["GroupId"]

    def role(self, name: str, service: str, *policies: str, actions: tuple[str, ...] = ()) -> str:
        name = f"{self.name}-{name}"
        arn = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service, *actions))["Role"]["Arn"]
        for policy in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
        time.sleep(0.03)
        return arn

    @cached_property
    def cluster_role(self) -> str:
        return self.role("cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy")

    @cached_property
    def node_role(self) -> str:
        return self.role("node", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")

    @cached_property
    def pod_role(self) -> str:
        return self.role("pod", "pods.eks.amazonaws.com", actions=("sts:AssumeRole", "sts:TagSession"))

    def request(self, **changes) -> dict:
        request = {"name": self.name, "roleArn": self.cluster_role, "resourcesVpcConfig": {"subnetIds": self.subnets}}
        return request | {"accessConfig": {"authenticationMode": "API"}, "bootstrapSelfManagedAddons": False} | changes

    def status(self) -> str:
        return self.eks.describe_cluster(name=self.name)["cluster"]["status"]

    @cached_property
    def cluster(self) -> str:
        self.eks.create_cluster(**self.request(version="1.35"))
        wait(lambda: self.status() == "ACTIVE")
        return self.name

    def nodegroup(self, name: str = "core", **changes) -> dict:
        scaling = {"minSize": 2, "maxSize": 3, "desiredSize": 2}
        request = {"nodegroupName": name, "nodeRole": self.node_role, "subnets": self.subnets, "scalingConfig": scaling}
        return self.eks.create_nodegroup(clusterName=self.cluster, **(request | changes))["nodegroup"]

    def nodegroup_status(self, name: str = "core") -> str:
        return self.eks.describe_nodegroup(clusterName=self.cluster, nodegroupName=name)["nodegroup"]["status"]

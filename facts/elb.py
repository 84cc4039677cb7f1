"""Facts about the load balancers a cluster makes by itself for Services of type LoadBalancer, without the load balancer controller."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

NO_BALANCER = ("LoadBalancerNotFound",)
NO_TARGETS = ("TargetGroupNotFound",)


def cluster_tag(cluster: str) -> str:
    """The tag of what a cluster made in AWS. Source: https://cloud-provider-aws.sigs.k8s.io/prerequisites/"""
    return f"kubernetes.io/cluster/{cluster}"


class ServiceBalancers(AwsFact):
    """
    Returns the names of the classic load balancers of a cluster's Services.

    + cluster: name of the cluster
    + vpc: id of the VPC they are in
    """

    def command(self, cluster, vpc):
        self.pick = f"[].TagDescriptions[] | [?Tags[?Key=='{cluster_tag(cluster)}']].LoadBalancerName"
        listed = f"LoadBalancerDescriptions[?VPCId=='{vpc}'].{{LoadBalancerNames: [LoadBalancerName]}}"
        return AwsEach(AwsCall("elb", "describe_load_balancers"), listed, AwsCall("elb", "describe_tags", missing=NO_BALANCER))


class ServiceNetworkBalancers(AwsFact):
    """
    Returns the ARNs of the network load balancers of a cluster's Services.

    + cluster: name of the cluster
    + vpc: id of the VPC they are in
    """

    def command(self, cluster, vpc):
        self.pick = f"[].TagDescriptions[] | [?Tags[?Key=='{cluster_tag(cluster)}']].ResourceArn"
        listed = f"LoadBalancers[?VpcId=='{vpc}'].{{ResourceArns: [LoadBalancerArn]}}"
        return AwsEach(AwsCall("elbv2", "describe_load_balancers"), listed, AwsCall("elbv2", "describe_tags", missing=NO_BALANCER))


class ServiceTargetGroups(AwsFact):
    """
    Returns the ARNs of the target groups of a cluster's Services.

    + cluster: name of the cluster
    + vpc: id of the VPC they are in
    """

    def command(self, cluster, vpc):
        self.pick = f"[].TagDescriptions[] | [?Tags[?Key=='{cluster_tag(cluster)}']].ResourceArn"
        listed = f"TargetGroups[?VpcId=='{vpc}'].{{ResourceArns: [TargetGroupArn]}}"
        return AwsEach(AwsCall("elbv2", "describe_target_groups"), listed, AwsCall("elbv2", "describe_tags", missing=NO_TARGETS))


class ServiceGroups(AwsFact):
    """
    Returns the security groups of the classic load balancers of a cluster's Services: ``GroupId``, ``GroupName``.

    + cluster: name of the cluster
    + vpc: id of the VPC they are in
    """

    pick = "SecurityGroups"

    def command(self, cluster, vpc):
        wanted = {"vpc-id": vpc, f"tag:{cluster_tag(cluster)}": "owned", "group-name": "k8s-elb-*"}
        return AwsCall("ec2", "describe_security_groups", Filters=[{"Name": name, "Values": [value]} for name, value in wanted.items()])

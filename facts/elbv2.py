"""Facts about load balancers and target groups."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
"""The tag the load balancer controller gives all it makes; its value is the cluster's name."""

NO_BALANCER = ("LoadBalancerNotFound",)
NO_TARGETS = ("TargetGroupNotFound",)


class LoadBalancer(AwsFact):
    """
    Returns a load balancer, or ``None``: ``LoadBalancerArn``, ``DNSName``, ``CanonicalHostedZoneId``, ``State.Code``, ``Scheme``.

    + load_balancer: its name

    .. code:: python

        {"DNSName": "internal-airflow-dev-123.us-west-2.elb.amazonaws.com", "State": {"Code": "active"}, "Scheme": "internal", ...}
    """

    pick = "LoadBalancers[0]"

    def command(self, load_balancer):
        return AwsCall("elbv2", "describe_load_balancers", missing=NO_BALANCER, Names=[load_balancer])


class BalancerTags(AwsFact):
    """
    Returns the tags of the load balancer with this address, or ``None``: ``Key``, ``Value``.

    + address: its ``DNSName``
    """

    pick = "[].TagDescriptions[] | [0].Tags"

    def command(self, address):
        return AwsEach(
            AwsCall("elbv2", "describe_load_balancers"),
            f"LoadBalancers[?DNSName=='{address}'].{{ResourceArns: [LoadBalancerArn]}}",
            AwsCall("elbv2", "describe_tags", missing=NO_BALANCER),
        )


class ClusterLoadBalancers(AwsFact):
    """
    Returns the load balancers that the controller of a cluster made: ``ResourceArn``, ``Tags``.

    + cluster: name of the cluster
    """

    def command(self, cluster):
        self.pick = _made_for(cluster)
        return AwsEach(
            AwsCall("elbv2", "describe_load_balancers"),
            "LoadBalancers[].{ResourceArns: [LoadBalancerArn]}",
            AwsCall("elbv2", "describe_tags", missing=NO_BALANCER),
        )


class ClusterTargetGroups(AwsFact):
    """
    Returns the target groups that the controller of a cluster made: ``ResourceArn``, ``Tags``.

    + cluster: name of the cluster
    """

    def command(self, cluster):
        self.pick = _made_for(cluster)
        return AwsEach(
            AwsCall("elbv2", "describe_target_groups"),
            "TargetGroups[].{ResourceArns: [TargetGroupArn]}",
            AwsCall("elbv2", "describe_tags", missing=NO_TARGETS),
        )


class InVpc(AwsFact):
    """
    Returns the ARNs of the load balancers, or target groups, in a VPC.

    + things: ``load_balancers`` or ``target_groups``
    + vpc: the VPC's id
    """

    def command(self, things, vpc):
        listed, arn = {"target_groups": ("TargetGroups", "TargetGroupArn")}.get(things, ("LoadBalancers", "LoadBalancerArn"))
        self.pick = f"{listed}[?VpcId=='{vpc}'].{arn}"
        return AwsCall("elbv2", "describe_target_groups" if listed == "TargetGroups" else "describe_load_balancers")


def made_for(cluster: str, more: str = "") -> str:
    """
    JMESPath of the ARNs of those whose tags name a cluster.

    + cluster: its name
    + more: JMESPath condition on their ``Tags``, as ``[?Key=='team']``
    """
    return f"{_made_for(cluster, more)}.ResourceArn"


def _made_for(cluster: str, more: str = "") -> str:
    also = f" && Tags{more}" if more else ""
    return f"[].TagDescriptions[] | [?Tags[?Key=='{CLUSTER_TAG}' && Value=='{cluster}']{also}]"

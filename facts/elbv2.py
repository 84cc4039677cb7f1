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


class ClusterLoadBalancers(AwsFact):
    """
    Returns the ARNs of the load balancers that the controller of a cluster made.

    + cluster: name of the cluster
    """

    def command(self, cluster):
        self.pick = made_for(cluster)
        return AwsEach(
            AwsCall("elbv2", "describe_load_balancers"),
            "LoadBalancers[].{ResourceArns: [LoadBalancerArn]}",
            AwsCall("elbv2", "describe_tags", missing=NO_BALANCER),
        )


class ClusterTargetGroups(AwsFact):
    """
    Returns the ARNs of the target groups that the controller of a cluster made.

    + cluster: name of the cluster
    """

    def command(self, cluster):
        self.pick = made_for(cluster)
        return AwsEach(
            AwsCall("elbv2", "describe_target_groups"),
            "TargetGroups[].{ResourceArns: [TargetGroupArn]}",
            AwsCall("elbv2", "describe_tags", missing=NO_TARGETS),
        )


def made_for(cluster: str) -> str:
    """JMESPath of the ARNs of those whose tags name a cluster."""
    return f"[].TagDescriptions[] | [?Tags[?Key=='{CLUSTER_TAG}' && Value=='{cluster}']].ResourceArn"

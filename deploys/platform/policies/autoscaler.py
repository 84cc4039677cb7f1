"""What Cluster Autoscaler may do: change the size of the groups of its own cluster."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings


def cluster_autoscaler(settings: Settings) -> dict:
    """
    Returns the policy of Cluster Autoscaler. EKS puts both tags on the group of every node group.

    + settings: of the deployment
    """
    found_by = "aws:ResourceTag/k8s.io/cluster-autoscaler"
    ours = {"StringEquals": {f"{found_by}/enabled": "true", f"{found_by}/{settings.deployment}": "owned"}}
    groups = settings.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-*")
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Sid": "DescribeHasNoResources",
                "Effect": "Allow",
                "Action": [
                    "autoscaling:DescribeAutoScalingGroups",
                    "autoscaling:DescribeAutoScalingInstances",
                    "autoscaling:DescribeLaunchConfigurations",
                    "autoscaling:DescribeScalingActivities",
                    "autoscaling:DescribeTags",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeLaunchTemplateVersions",
                    "ec2:GetInstanceTypesFromInstanceRequirements",
                ],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:RequestedRegion": settings.region}},
            },
            {
                "Sid": "OwnNodeGroups",
                "Effect": "Allow",
                "Action": "eks:DescribeNodegroup",
                "Resource": settings.arn("eks", f"nodegroup/{settings.deployment}/*/*"),
            },
            {
                "Sid": "OwnGroups",
                "Effect": "Allow",
                "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
                "Resource": groups,
                "Condition": ours,
            },
        ],
    }

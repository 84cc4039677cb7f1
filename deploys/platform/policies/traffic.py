"""What the load balancer controller may do: everything to what it made for our cluster, nothing to what others made."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings
from settings.deployment import OWNER_TAG

CLUSTER_TAG = "elbv2.k8s.aws/cluster"
BALANCERS = ("loadbalancer/app/*", "loadbalancer/net/*")
LISTENERS = ("listener/app/*", "listener/net/*", "listener-rule/app/*", "listener-rule/net/*")

READS = [
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAddresses",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeCoipPools",
    "ec2:DescribeInstances",
    "ec2:DescribeInternetGateways",
    "ec2:DescribeIpamPools",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeTags",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "ec2:GetSecurityGroupsForVpc",
    "elasticloadbalancing:DescribeCapacityReservation",
    "elasticloadbalancing:DescribeListenerAttributes",
    "elasticloadbalancing:DescribeListenerCertificates",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeSSLPolicies",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeTrustStores",
]
BALANCER_CHANGES = [
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:ModifyCapacityReservation",
    "elasticloadbalancing:ModifyIpPools",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "elasticloadbalancing:SetIpAddressType",
    "elasticloadbalancing:SetSecurityGroups",
    "elasticloadbalancing:SetSubnets",
]
LISTENER_CHANGES = [
    "elasticloadbalancing:AddListenerCertificates",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:ModifyListener",
    "elasticloadbalancing:ModifyListenerAttributes",
    "elasticloadbalancing:ModifyRule",
    "elasticloadbalancing:RemoveListenerCertificates",
    "elasticloadbalancing:SetRulePriorities",
]
TARGET_CHANGES = [
    "elasticloadbalancing:DeleteTargetGroup",
    "elasticloadbalancing:DeregisterTargets",
    "elasticloadbalancing:ModifyTargetGroup",
    "elasticloadbalancing:ModifyTargetGroupAttributes",
    "elasticloadbalancing:RegisterTargets",
]
CREATES = ["CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule"]


def load_balancer_controller(settings: Settings) -> dict:
    """
    Returns the policy of the load balancer controller 3.5, for application and network load balancers without WAF, Shield and Cognito.

    + settings: of the deployment
    """

    def elb(*resources: str) -> list[str]:
        return [settings.arn("elasticloadbalancing", resource) for resource in resources]

    def allow(sid: str, actions, resources, **equal) -> dict:
        condition = {"Condition": {"StringEquals": equal}} if equal else {}
        return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, **condition}

    requested = {f"aws:RequestTag/{CLUSTER_TAG}": settings.deployment}
    tagged = {f"aws:ResourceTag/{CLUSTER_TAG}": settings.deployment}
    ours = {f"aws:ResourceTag/{OWNER_TAG}": settings.deployment}
    vpcs, whose = (_vpc(settings), {}) if settings.vpc_id else (settings.arn("ec2", "vpc/*"), ours)
    group, everything = settings.arn("ec2", "security-group/*"), elb(*BALANCERS, "targetgroup/*", *LISTENERS)
    linked = settings.arn("iam", "role/aws-service-role/elasticloadbalancing.amazonaws.com/*", region=False)
    statements = [
        allow("FirstLoadBalancerOfTheAccount", "iam:CreateServiceLinkedRole", linked, **{"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"}),
        allow("DescribeTakesNoResource", READS, "*", **{"aws:RequestedRegion": settings.region}),
        allow("GroupsOfItsOwn", "ec2:CreateSecurityGroup", group, **requested),
        allow("GroupsInOurVpc", "ec2:CreateSecurityGroup", vpcs, **whose),
        allow("TagNewGroups", "ec2:CreateTags", group, **requested, **{"ec2:CreateAction": "CreateSecurityGroup"}),
        allow("RetagItsGroups", ["ec2:CreateTags", "ec2:DeleteTags"], group, **tagged),
        allow("RemoveItsGroups", "ec2:DeleteSecurityGroup", group, **tagged),
        allow("LetTheLoadBalancerIn", ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], group, **ours),
        allow(
            "NewWithTheClustersTag",
            ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
            elb(*BALANCERS, "targetgroup/*"),
            **requested,
        ),
        allow("TagWhatIsNew", "elasticloadbalancing:AddTags", everything, **requested, **{"elasticloadbalancing:CreateAction": CREATES}),
        allow("RetagItsOwn", ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"], everything, **tagged),
        allow("ItsLoadBalancers", BALANCER_CHANGES, elb(*BALANCERS), **tagged),
        allow("ItsListeners", LISTENER_CHANGES, elb(*LISTENERS), **tagged),
        allow("ItsTargetGroups", TARGET_CHANGES, elb("targetgroup/*"), **tagged),
    ]
    return {"Version": VERSION, "Statement": statements}


def _vpc(settings: Settings) -> str:
    """Somebody else's VPC, also one that another account shares."""
    return settings.arn("ec2", f"vpc/{settings.vpc_id}").replace(settings.account_id, "*")

"""
What Karpenter may do: start, tag and terminate nodes of its own cluster, and no others.

What it makes carries the cluster's tag from the call that makes it on, and what it changes must carry it.

Source: https://karpenter.sh/docs/reference/cloudformation/
"""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings

MADE = ("fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request")
SHARED = ("security-group", "subnet", "capacity-reservation", "placement-group")
READS = (
    "CapacityReservations",
    "Images",
    "InstanceStatus",
    "InstanceTypeOfferings",
    "InstanceTypes",
    "Instances",
    "LaunchTemplates",
    "PlacementGroups",
    "SecurityGroups",
    "SpotPriceHistory",
    "Subnets",
)
NODES_OF = ("ec2.amazonaws.com", "ec2.amazonaws.com.cn")
LAUNCHES = ["ec2:CreateFleet", "ec2:RunInstances"]
NODEPOOL, NODECLASS, CLUSTER = "karpenter.sh/nodepool", "karpenter.k8s.aws/ec2nodeclass", "eks:eks-cluster-name"


def karpenter_nodes(settings: Settings) -> dict:
    """
    Returns the policy of Karpenter's controller on EC2.

    + settings: of the deployment
    """
    images = [settings.arn("ec2", f"{kind}/*", account=False) for kind in ("image", "snapshot")]
    made = [_any(settings, kind) for kind in MADE]
    template, instance = _any(settings, "launch-template"), _any(settings, "instance")
    born = {"StringEquals": _request(settings), "StringLike": {f"aws:RequestTag/{NODEPOOL}": "*"}}
    ours = {"StringEquals": _owned(settings, "Resource"), "StringLike": {f"aws:ResourceTag/{NODEPOOL}": "*"}}
    tagging = {
        **ours,
        "StringEqualsIfExists": {f"aws:RequestTag/{CLUSTER}": settings.deployment},
        "ForAllValues:StringEquals": {"aws:TagKeys": [CLUSTER, "karpenter.sh/nodeclaim", "Name"]},
    }
    at_birth = {**born, "StringEquals": {**born["StringEquals"], "ec2:CreateAction": ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]}}
    return _policy(
        _allow("LaunchFrom", LAUNCHES, [*images, *(_any(settings, kind) for kind in SHARED)]),
        _allow("LaunchFromOwnTemplates", LAUNCHES, template, ours),
        _allow("LaunchTagged", [*LAUNCHES, "ec2:CreateLaunchTemplate"], made, born),
        _allow("TagWhatIsLaunched", "ec2:CreateTags", made, at_birth),
        _allow("TagOwnInstances", "ec2:CreateTags", instance, tagging),
        _allow("RemoveOwn", ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"], [instance, template], ours),
    )


def karpenter_profiles(settings: Settings) -> dict:
    """
    Returns the policy of Karpenter's controller on the role of its nodes and the instance profiles that carry it.

    + settings: of the deployment
    """
    profiles = settings.arn("iam", "instance-profile/*", region=False)
    requested = {**_request(settings), "aws:RequestTag/topology.kubernetes.io/region": settings.region}
    owned = {**_owned(settings, "Resource"), "aws:ResourceTag/topology.kubernetes.io/region": settings.region}
    born, ours = {f"aws:RequestTag/{NODECLASS}": "*"}, {f"aws:ResourceTag/{NODECLASS}": "*"}
    spot = "spot.amazonaws.com"
    spot_role = settings.arn("iam", f"role/aws-service-role/{spot}/AWSServiceRoleForEC2Spot", region=False)
    services = {"StringEquals": {"iam:PassedToService": list(dict.fromkeys([*NODES_OF, settings.principal("ec2")]))}}
    return _policy(
        _allow("PassNodeRole", "iam:PassRole", settings.role_arn("karpenter-node"), services),
        _allow("FirstSpotInstanceOfAccount", "iam:CreateServiceLinkedRole", spot_role, {"StringEquals": {"iam:AWSServiceName": spot}}),
        _allow("MakeProfiles", "iam:CreateInstanceProfile", profiles, {"StringEquals": requested, "StringLike": born}),
        _allow("TagProfiles", "iam:TagInstanceProfile", profiles, {"StringEquals": {**owned, **requested}, "StringLike": {**ours, **born}}),
        _allow(
            "ChangeProfiles",
            ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
            profiles,
            {"StringEquals": owned, "StringLike": ours},
        ),
        _allow("ReadProfiles", "iam:GetInstanceProfile", profiles),
        _allow("ListHasNoResources", "iam:ListInstanceProfiles", "*"),
    )


def karpenter_reads(settings: Settings) -> dict:
    """
    Returns the policy of Karpenter's controller on what it looks up, and on the queue that tells it of interruptions.

    + settings: of the deployment
    """
    here = {"StringEquals": {"aws:RequestedRegion": settings.region}}
    return _policy(
        _allow("DescribeHasNoResources", [f"ec2:Describe{what}" for what in READS], "*", here),
        _allow("PricesHaveNoResources", "pricing:GetProducts", "*"),
        _allow("NewestImages", "ssm:GetParameter", settings.arn("ssm", "parameter/aws/service/*", account=False)),
        _allow("FindCluster", "eks:DescribeCluster", settings.arn("eks", f"cluster/{settings.deployment}")),
        _allow("Interruptions", ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"], queue_arn(settings)),
    )


def interruption_queue(settings: Settings) -> dict:
    """
    Returns the policy of the queue: EventBridge puts messages in, by Karpenter's own rules alone, and nobody speaks to it in clear.

    + settings: of the deployment
    """
    senders = {"Service": ["events.amazonaws.com", "sqs.amazonaws.com"]}
    rules = {"ArnLike": {"aws:SourceArn": settings.arn("events", f"rule/{queue_name(settings)}-*")}}
    everybody = {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": queue_arn(settings)}
    return _policy(
        {**_allow("Events", "sqs:SendMessage", queue_arn(settings), rules), "Principal": senders},
        {**everybody, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    )


def queue_name(settings: Settings) -> str:
    """Returns the name of the queue of interruptions."""
    return f"{settings.deployment}-karpenter"


def queue_arn(settings: Settings) -> str:
    """Returns the ARN of the queue of interruptions."""
    return settings.arn("sqs", queue_name(settings))


def _policy(*statements: dict) -> dict:
    return {"Version": VERSION, "Statement": list(statements)}


def _allow(sid: str, action, resource, condition: dict | None = None) -> dict:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def _any(settings: Settings, kind: str) -> str:
    """Subnets may be another account's, that shares them."""
    arn = settings.arn("ec2", f"{kind}/*")
    return arn.replace(settings.account_id, "*") if kind == "subnet" else arn


def _owned(settings: Settings, whose: str) -> dict:
    return {f"aws:{whose}Tag/kubernetes.io/cluster/{settings.deployment}": "owned"}


def _request(settings: Settings) -> dict:
    return {**_owned(settings, "Request"), f"aws:RequestTag/{CLUSTER}": settings.deployment}

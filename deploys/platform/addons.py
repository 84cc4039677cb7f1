"""The add-ons EKS looks after: what nodes need before they join, and what needs nodes to run on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

from deploys.platform.policies import pod_identity_trust, tagged_access_points
from deploys.want import Want, want
from operations import eks, iam
from settings import Settings

PART = "add-ons"
"""Of the platform, for a person, whichever part of it declares them."""


class Addon(NamedTuple):
    """
    An EKS add-on; where it speaks to AWS, the service account that takes its role and the managed policy of that role; where it can be
    done without, the setting that switches it.
    """

    name: str
    account: str | None = None
    policy: str | None = None
    switch: str | None = None


EARLY = (
    Addon("eks-pod-identity-agent"),
    Addon("vpc-cni", "aws-node", "AmazonEKS_CNI_Policy"),
    Addon("kube-proxy"),
)
"""
All three run on the host's network, so the agent is there for vpc-cni before there is a network of pods, and the nodes'
own role need not carry the network's rights. The agent comes first: vpc-cni restarts until it answers.
"""

EFS = "aws-efs-csi-driver"
LATE = (
    Addon("coredns"),
    Addon("aws-ebs-csi-driver", "ebs-csi-controller-sa", "AmazonEBSCSIDriverPolicyV2"),
    Addon(EFS, "efs-csi-controller-sa", "service-role/AmazonEFSCSIDriverPolicy"),
    Addon("metrics-server", switch="enable_metrics_server"),
)

SWITCHED = ("metrics-server", "amazon-cloudwatch-observability")
"""Add-ons with a switch, declared by the part of the platform they belong to."""


def addons(settings: Settings, chosen: tuple[Addon, ...]) -> list[Want]:
    """The start of add-ons, with their roles."""
    return [replace(item, part=PART) for addon in chosen for item in (*_role(settings, addon), _addon(settings, addon))]


def addons_ready(settings: Settings, chosen: tuple[Addon, ...]) -> list[Want]:
    """The add-ons once they work; mirrored, the start of their removal."""
    waits = [want(eks.addon_active, addon.name, cluster=settings.deployment, present=_wanted(settings, addon)) for addon in chosen]
    return [replace(item, part=PART) for item in waits]


def late_addons_ready(settings: Settings) -> list[Want]:
    """The same of the add-ons that need nodes."""
    return addons_ready(settings, LATE)


def _wanted(settings: Settings, addon: Addon) -> bool:
    return addon.switch is None or getattr(settings, addon.switch)


def _role(settings: Settings, addon: Addon) -> list[Want]:
    if addon.account is None:
        return []
    return [
        want(
            iam.role,
            settings.role(addon.name),
            trust=pod_identity_trust(settings),
            managed=[settings.managed_policy(addon.policy)],
            policies={"access-points": tagged_access_points(settings)} if settings.tags and addon.name == EFS else {},
            description=f"Add-on {addon.name} of {settings.deployment}",
        ),
        want(eks.pod_identity, f"kube-system/{addon.account}", cluster=settings.deployment, role_arn=settings.role_arn(addon.name)),
    ]


def _addon(settings: Settings, addon: Addon) -> Want:
    version = settings.addon_versions.get(addon.name)
    this = {"cluster": settings.deployment, "kubernetes": settings.kubernetes_version, "version": version}
    return want(eks.addon, addon.name, present=_wanted(settings, addon), configuration=_configuration(settings, addon), **this)


def _configuration(settings: Settings, addon: Addon) -> dict | None:
    """
    The tags that a driver puts on what it makes; without tags the configuration is left to whoever looks after it.

    The EFS driver is given them as ``key:value`` with spaces between, and cannot take a tag with a space; it is left out on access points, which cost
    nothing. Source: https://github.com/kubernetes-sigs/aws-efs-csi-driver/issues/1374
    """
    if not settings.tags:
        return None
    escaped = {key.replace(":", "\\:"): value.replace(":", "\\:") for key, value in settings.tag.items() if " " not in key + value}
    return {
        "vpc-cni": {"env": {"ADDITIONAL_ENI_TAGS": json.dumps(settings.tag)}},
        "aws-ebs-csi-driver": {"controller": {"extraVolumeTags": settings.tag}},
        EFS: {"controller": {"tags": escaped}},
    }.get(addon.name)

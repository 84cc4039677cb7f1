"""The add-ons EKS offers, and their versions for each version of Kubernetes."""

import json
from dataclasses import dataclass

from sandbox.aws.call import Call
from sandbox.aws.eks.errors import invalid_parameter, not_found
from sandbox.aws.eks.versions import VERSIONS, minor
from sandbox.aws.pages import page
from sandbox.aws.rules import answers


@dataclass(frozen=True)
class Offer:
    """
    + kind: EKS's category
    + release: version without the minor that follows Kubernetes (`{n}`)
    + builds: eksbuild numbers, newest first; the second is the default
    + accounts: service accounts that can have a role, with the policies EKS recommends
    + role: needs permissions of AWS
    + replicated: has Deployments, so is unhealthy without nodes
    """

    kind: str
    release: str
    builds: tuple[int, ...]
    namespace: str = "kube-system"
    accounts: tuple[tuple[str, str], ...] = ()
    replicated: bool = True
    role: bool = False


CLOUDWATCH = (("cloudwatch-agent", "CloudWatchAgentServerPolicy"),)
OFFERS = {
    "vpc-cni": Offer("networking", "v1.21.{n}", (11, 3, 1), accounts=(("aws-node", "AmazonEKS_CNI_Policy"),), replicated=False, role=True),
    "kube-proxy": Offer("networking", "v1.{k}.3", (11, 3, 2), replicated=False),
    "coredns": Offer("networking", "v1.13.{n}", (11, 4, 3)),
    "eks-pod-identity-agent": Offer("security", "v1.3.{n}", (11, 2, 1), replicated=False),
    "aws-ebs-csi-driver": Offer("storage", "v1.62.{n}", (11, 3, 1), accounts=(("ebs-csi-controller-sa", "AmazonEBSCSIDriverPolicyV2"),), role=True),
    "aws-efs-csi-driver": Offer("storage", "v3.2.{n}", (11, 2, 1), accounts=(("efs-csi-controller-sa", "AmazonEFSCSIDriverPolicy"),), role=True),
    "aws-mountpoint-s3-csi-driver": Offer("storage", "v2.4.{n}", (11, 1), accounts=(("s3-csi-driver-sa", "AmazonS3FullAccess"),), role=True),
    "snapshot-controller": Offer("storage", "v8.4.{n}", (11, 2, 1)),
    "amazon-cloudwatch-observability": Offer("observability", "v5.3.{n}", (11, 2, 1), "amazon-cloudwatch", CLOUDWATCH, role=True),
    "eks-node-monitoring-agent": Offer("observability", "v1.6.{n}", (11, 2, 1), replicated=False),
    "metrics-server": Offer("observability", "v0.8.{n}", (11, 3, 1)),
    "kube-state-metrics": Offer("observability", "v2.19.{n}", (11, 2, 1), "kube-state-metrics"),
    "prometheus-node-exporter": Offer("observability", "v1.11.{n}", (11, 2, 1), "prometheus-node-exporter", replicated=False),
    "cert-manager": Offer("security", "v1.19.{n}", (11, 2, 1), "cert-manager"),
    "external-dns": Offer("networking", "v0.20.{n}", (11, 2, 1), "external-dns", (("external-dns", "AmazonRoute53FullAccess"),), role=True),
}


def versions_of(name: str, kubernetes: str) -> list[str]:
    """Of the newest first, as EKS lists them."""
    offer = OFFERS[name]
    patches = (minor(kubernetes) - 30, minor(kubernetes) - 31)
    releases = [offer.release.format(n=patch, k=minor(kubernetes)) for patch in patches]
    return [f"{release}-eksbuild.{build}" for release in dict.fromkeys(releases) for build in offer.builds]


def default_version(name: str, kubernetes: str) -> str:
    return versions_of(name, kubernetes)[1]


def require_offer(name: str) -> Offer:
    if name not in OFFERS:
        raise not_found(f"No addon found with name: {name}", addonName=name)
    return OFFERS[name]


@answers("eks", "DescribeAddonVersions")
def describe_addon_versions(call: Call) -> dict:
    given = call.params
    if given.get("kubernetesVersion") and given["kubernetesVersion"] not in VERSIONS:
        raise invalid_parameter(f"unsupported Kubernetes version {given['kubernetesVersion']}")
    if given.get("addonName"):
        require_offer(given["addonName"])
    wanted = [given["kubernetesVersion"]] if given.get("kubernetesVersion") else list(VERSIONS)
    names = [given["addonName"]] if given.get("addonName") else sorted(OFFERS)
    names = [name for name in names if not given.get("types") or OFFERS[name].kind in given["types"]]
    if "aws" not in (given.get("owners") or ["aws"]) or "eks" not in (given.get("publishers") or ["eks"]):
        names = []
    described, token = page(call, [describe_offer(name, wanted) for name in names])
    return {"addons": described, "nextToken": token}


def describe_offer(name: str, wanted: list[str]) -> dict:
    offer = OFFERS[name]
    found: dict[str, list[dict]] = {}
    for kubernetes in wanted:
        for version in versions_of(name, kubernetes):
            default = version == default_version(name, kubernetes)
            compatible = {"clusterVersion": kubernetes, "platformVersions": ["*"], "defaultVersion": default}
            found.setdefault(version, []).append(compatible)
    versions = [
        {
            "addonVersion": version,
            "architecture": ["amd64", "arm64"],
            "computeTypes": ["ec2", "hybrid"],
            "compatibilities": compatibilities,
            "requiresConfiguration": False,
            "requiresIamPermissions": offer.role,
        }
        for version, compatibilities in found.items()
    ]
    described = {"addonName": name, "type": offer.kind, "addonVersions": versions, "publisher": "eks", "owner": "aws"}
    return described | {"defaultNamespace": offer.namespace}


@answers("eks", "DescribeAddonConfiguration")
def describe_addon_configuration(call: Call) -> dict:
    from sandbox.aws.eks.addon_schemas import schema_of

    name, version = call.params["addonName"], call.params["addonVersion"]
    offer = require_offer(name)
    if not any(version in versions_of(name, kubernetes) for kubernetes in VERSIONS):
        raise not_found(f"Addon version {version} not found for {name}", addonName=name)
    return {
        "addonName": name,
        "addonVersion": version,
        "configurationSchema": json.dumps(schema_of(name)),
        "podIdentityConfiguration": [
            {"serviceAccount": account, "recommendedManagedPolicies": [f"arn:aws:iam::aws:policy/service-role/{policy}"]} for account, policy in offer.accounts
        ],
    }

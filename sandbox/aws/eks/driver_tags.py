"""
The tags that the CSI drivers' controllers are told to give what they make, and whether the EFS driver's role lets it.

Source: the charts' `controller.extraVolumeTags` and `controller.tags`, https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/docs/install.md
"""

import json
import re

from moto.iam.models import iam_backends

from sandbox.aws.eks.backend import Cluster
from sandbox.aws.eks.roles import listed

EFS_ACCOUNT = ("kube-system", "efs-csi-controller-sa")
CREATE = "elasticfilesystem:CreateAccessPoint"


def extra_tags(cluster: Cluster, addon: str) -> dict[str, str]:
    """What the add-on's configuration says, as the driver reads it from its command line."""
    installed = cluster.addons.get(addon)
    controller = json.loads((installed or {}).get("configurationValues") or "{}").get("controller") or {}
    if addon == "aws-ebs-csi-driver":
        return controller.get("extraVolumeTags") or {}
    words = " ".join(f"{key}:{value}" for key, value in (controller.get("tags") or {}).items()).split(" ")
    pairs = [re.split(r"(?<!\\):", word, maxsplit=2) for word in words if word]
    return {pair[0].replace("\\:", ":"): pair[1].replace("\\:", ":") if len(pair) > 1 else "" for pair in pairs}


def refusal(cluster: Cluster, tags: dict) -> str:
    """Why the driver's role may not make an access point with these tags; empty where it may."""
    bound = [each for each in cluster.associations.values() if (each["namespace"], each["serviceAccount"]) == EFS_ACCOUNT]
    roles = [role for role in iam_backends[cluster.account]["aws"].roles.values() if bound and role.arn == bound[0]["roleArn"]]
    if not roles or any(_allows(statement, tags) for statement in _statements(roles[0])):
        return ""
    return f"Failed to create Access point in File System: AccessDenied: {bound[0]['roleArn']} is not authorized to perform: {CREATE}"


def _statements(role):
    managed = [next(version.document for version in policy.versions if version.is_default) for policy in role.managed_policies.values()]
    for document in [*role.policies.values(), *managed]:
        yield from listed((json.loads(document) if isinstance(document, str) else document)["Statement"])


def _allows(statement: dict, tags: dict) -> bool:
    """Whether it allows an access point to be made, with every tag that is given."""
    condition = statement.get("Condition") or {}
    keys = listed((condition.get("ForAllValues:StringEquals") or {}).get("aws:TagKeys")) or list(tags)
    return statement["Effect"] == "Allow" and CREATE in listed(statement["Action"]) and set(tags) <= set(keys)

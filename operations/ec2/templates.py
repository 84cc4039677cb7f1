"""Operations on launch templates."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Ref
from facts.ec2 import LaunchTemplate, LaunchTemplateVersion, SecurityGroup
from operations import tags as tag
from operations.differ import differing
from operations.ec2.namesakes import own
from operations.foreign import absent

LAUNCHED = ("instance", "volume", "network-interface")
"""What a launch makes and the template's tags are put on."""


@operation()
def launch_template(
    template: str,
    groups: list | None = None,
    disk_size: int | None = None,
    kms_key: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove a launch template for EKS nodes of Amazon Linux or Bottlerocket kind: gp3 root volume, encrypted; IMDSv2
    required and out of reach of pods (hop limit 1). Image, instance types and user data are left to EKS.

    + template: its name
    + groups: security groups of the nodes, whole: names of groups of the deployment, or a `Ref` to an id
    + disk_size: size of the root volume (GiB)
    + kms_key: ARN of the key that encrypts the root volume
    + tags: tags of the template (merged) and of the instances, volumes and network interfaces launched from it (whole)
    + present: whether it should exist

    **Idempotency:** when the default version differs, a new version is made and becomes the default; tags are put right.

    **Example:**

    .. code:: python

        ec2.launch_template(template="airflow-dev-core", groups=["airflow-dev-nodes"], disk_size=100, name="Launch template")
    """
    now = own("launch template", template, host.get_fact(LaunchTemplate, template=template), present)
    if not present:
        if now:
            missing = ("InvalidLaunchTemplateName.NotFoundException", "InvalidLaunchTemplateId.NotFound")
            yield AwsCall("ec2", "delete_launch_template", missing=missing, LaunchTemplateId=now["LaunchTemplateId"])
        else:
            absent("launch template", template, now)
        return
    tags = {"Name": template, **(tags or {})}
    data = _data(groups, disk_size, kms_key, tags)
    if not now:
        yield AwsCall(
            "ec2",
            "create_launch_template",
            LaunchTemplateName=template,
            LaunchTemplateData=data,
            TagSpecifications=tag.specification("launch-template", tags),
        )
        return
    version = host.get_fact(LaunchTemplateVersion, template=template)
    changes = differing(version["LaunchTemplateData"], **data)
    retagged = tag.missing(now["Tags"], tags)
    if changes:
        newest = Ref(LaunchTemplate, "to_string(LatestVersionNumber)", template=template)
        yield AwsCall("ec2", "create_launch_template_version", LaunchTemplateId=now["LaunchTemplateId"], LaunchTemplateData=data).because(changes)
        yield AwsCall("ec2", "modify_launch_template", LaunchTemplateId=now["LaunchTemplateId"], DefaultVersion=newest)
    if retagged:
        yield AwsCall("ec2", "create_tags", Resources=[now["LaunchTemplateId"]], Tags=tag.listed(tags)).because(retagged)
    if not changes and not retagged:
        host.noop(f"launch template {template} is already present")


def _data(groups, disk_size, kms_key, tags) -> dict:
    disk = {"VolumeType": "gp3", "Encrypted": True, **({"KmsKeyId": kms_key} if kms_key else {}), "DeleteOnTermination": True}
    data = {
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {**disk, "VolumeSize": disk_size} if disk_size else disk}],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"},
        "TagSpecifications": [{"ResourceType": kind, "Tags": tag.listed(tags)} for kind in LAUNCHED],
    }
    if groups is not None:
        data["SecurityGroupIds"] = [group if isinstance(group, Ref) else Ref(SecurityGroup, "GroupId", group=group) for group in groups]
    return data

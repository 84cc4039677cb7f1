"""Launch templates: their own tags are not part of their data, and can be changed."""

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.rules import follows


@follows("ec2", "CreateLaunchTemplate")
def keep_own_tags_apart(call: Call) -> None:
    template = ec2_of(call).launch_templates[call.answer["LaunchTemplate"]["LaunchTemplateId"]]
    data = template.versions[0].data
    kept = call.params["LaunchTemplateData"].get("TagSpecifications")
    if kept:
        data["TagSpecifications"] = kept
    else:
        data.pop("TagSpecifications", None)
    template.versions[0].instance_tags = {tag["Key"]: tag["Value"] for spec in kept or () if spec.get("ResourceType") == "instance" for tag in spec["Tags"]}


@follows("ec2", "CreateTags", "DeleteTags")
def answer_changed_tags(call: Call) -> None:
    for template in ec2_of(call).launch_templates.values():
        template.tags = template.get_tags()

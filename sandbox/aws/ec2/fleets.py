"""Fleets of type instant, as Karpenter asks for them: each instance as its launch template says, of the cheapest type offered."""

from moto.ec2.models.fleets import random_fleet_id

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.ec2.prices import on_demand, spot
from sandbox.aws.ec2.zones import offering, unsupported
from sandbox.aws.errors import AwsError
from sandbox.aws.quotas import vcpus_exceeded
from sandbox.aws.rules import answers, refuses

DRY_RUN = "Request would have succeeded, but DryRun flag is set."


@refuses("ec2", "CreateFleet")
def check_fleet(call: Call) -> None:
    if call.params.get("Type") != "instant":
        raise AwsError("UnsupportedOperation", f"the sandbox plays fleets of type instant, not {call.params.get('Type') or 'maintain'}")


@answers("ec2", "CreateFleet")
def create_fleet(call: Call) -> dict:
    given, capacity = call.params, call.params["TargetCapacitySpecification"]
    offers = [offer for config in given["LaunchTemplateConfigs"] for offer in offers_of(call, config)]
    if given.get("DryRun"):
        raise AwsError("DryRunOperation", DRY_RUN, status=412)
    as_spot = capacity.get("DefaultTargetCapacityType") == "spot"
    refused = [offer for offer in offers if zone_of(call, offer) not in offering(call.account, call.region, offer["InstanceType"])]
    offers = [offer for offer in offers if offer not in refused]
    if not offers:
        return {"FleetId": random_fleet_id(), "Instances": [], "Errors": [refusal(call, offer, as_spot) for offer in refused]}
    chosen = min(offers, key=lambda offer: price(call, offer, as_spot))
    if short := vcpus_exceeded(call.account, call.region, chosen["InstanceType"], as_spot, capacity["TotalTargetCapacity"]):
        errors = [refusal(call, chosen, as_spot) | {"ErrorCode": short.code, "ErrorMessage": short.message}]
        return {"FleetId": random_fleet_id(), "Instances": [], "Errors": errors}
    made = [launch(call, chosen, as_spot) for _ in range(capacity["TotalTargetCapacity"])]
    instances = {
        "LaunchTemplateAndOverrides": {"LaunchTemplateSpecification": chosen["template"], "Overrides": chosen["overrides"]},
        "Lifecycle": "spot" if as_spot else "on-demand",
        "InstanceIds": [instance.id for instance in made],
        "InstanceType": chosen["InstanceType"],
    }
    return {"FleetId": random_fleet_id(), "Errors": [], "Instances": [instances]}


def offers_of(call: Call, config: dict) -> list[dict]:
    """What may be launched: the launch template's data under each of the overrides."""
    ec2, named = ec2_of(call), config["LaunchTemplateSpecification"]
    if named.get("LaunchTemplateId"):
        template = ec2.get_launch_template(named["LaunchTemplateId"])
    else:
        template = ec2.get_launch_template_by_name(named["LaunchTemplateName"])
    version = {"$Latest": template.latest_version_number, "$Default": template.default_version_number}.get(named.get("Version"), named.get("Version"))
    version = template.get_version(int(version or template.default_version_number))
    specification = {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(version.number)}
    return [version.data | overrides | {"overrides": overrides, "template": specification} for overrides in config.get("Overrides") or [{}]]


def zone_of(call: Call, offer: dict) -> str:
    return ec2_of(call).get_subnet(offer["SubnetId"]).availability_zone


def refusal(call: Call, offer: dict, as_spot: bool) -> dict:
    kind = offer["InstanceType"]
    return {
        "LaunchTemplateAndOverrides": {"LaunchTemplateSpecification": offer["template"], "Overrides": offer["overrides"]},
        "Lifecycle": "spot" if as_spot else "on-demand",
        "ErrorCode": "InvalidFleetConfiguration",
        "ErrorMessage": unsupported(kind, zone_of(call, offer), offering(call.account, call.region, kind)),
    }


def price(call: Call, offer: dict, as_spot: bool) -> tuple[float, float]:
    zone = zone_of(call, offer)
    asked = spot(offer["InstanceType"], zone) if as_spot else on_demand(offer["InstanceType"])
    return offer["overrides"].get("Priority") or 0, asked


def launch(call: Call, offer: dict, as_spot: bool):
    ec2 = ec2_of(call)
    cards = offer.get("NetworkInterfaces") or [{}]
    profile = offer.get("IamInstanceProfile") or {}
    reservation = ec2.run_instances(
        offer["ImageId"],
        1,
        offer.get("UserData"),
        [],
        instance_type=offer["InstanceType"],
        is_instance_type_default=False,
        region_name=call.region,
        subnet_id=offer["SubnetId"],
        security_group_ids=list(offer.get("SecurityGroupIds") or cards[0].get("Groups") or ()),
        launch_template={"LaunchTemplateId": offer["template"]["LaunchTemplateId"], "Version": offer["template"]["Version"]},
        metadata_options=offer.get("MetadataOptions") or {},
        block_device_mappings=[{**mapping, "Ebs": with_defaults(mapping["Ebs"])} for mapping in offer.get("BlockDeviceMappings") or ()],
        tags=tags_of(call, offer),
    )
    instance = reservation.instances[0]
    if as_spot:
        instance.lifecycle = "spot"
    if profile:
        ec2.associate_iam_instance_profile(instance.id, iam_instance_profile_name=profile.get("Name"), iam_instance_profile_arn=profile.get("Arn"))
    return instance


def with_defaults(volume: dict) -> dict:
    return {"VolumeType": "gp3", "DeleteOnTermination": True} | volume


def tags_of(call: Call, offer: dict) -> dict[str, dict[str, str]]:
    """Those of the launch template and of the fleet, by the kind of thing they are for."""
    tags: dict[str, dict[str, str]] = {"instance": {}, "volume": {}}
    for specification in [*(offer.get("TagSpecifications") or ()), *(call.params.get("TagSpecifications") or ())]:
        tags.setdefault(specification["ResourceType"], {}).update({tag["Key"]: tag["Value"] for tag in specification["Tags"]})
    return tags

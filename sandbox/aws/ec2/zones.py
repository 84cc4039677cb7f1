"""Availability zones, those EKS does not take, and what is offered in each."""

from functools import cache

from moto.ec2.models import ec2_backends

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers, refuses

NOT_FOR_EKS = {"use1-az3", "usw1-az2", "cac1-az3"}
"""Zone ids. Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""

LOCAL = {"us-west-2": ("us-west-2-lax-1a", "us-west-2-lax-1b"), "us-east-1": ("us-east-1-bos-1a",)}
"""Local zones: the account has opted in to the first of each region."""

FILTERS = {
    "zone-name": "ZoneName",
    "zone-id": "ZoneId",
    "zone-type": "ZoneType",
    "state": "State",
    "opt-in-status": "OptInStatus",
    "region-name": "RegionName",
    "group-name": "GroupName",
    "network-border-group": "NetworkBorderGroup",
}


@answers("ec2", "DescribeAvailabilityZones")
def describe_availability_zones(call: Call) -> dict:
    given = call.params
    found = [*(described(call.region, zone.name, zone.zone_id) for zone in ec2_of(call).describe_availability_zones()), *local_zones(call.region)]
    if not given.get("AllAvailabilityZones"):
        found = [zone for zone in found if zone["OptInStatus"] != "not-opted-in"]
    for wanted in given.get("ZoneNames") or ():
        if wanted not in {zone["ZoneName"] for zone in found}:
            raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{wanted}]")
    asked = [(FILTERS[each["Name"]], each["Values"]) for each in given.get("Filters") or ()]
    asked += [(member, given[key]) for key, member in (("ZoneNames", "ZoneName"), ("ZoneIds", "ZoneId")) if given.get(key)]
    return {"AvailabilityZones": [zone for zone in found if all(zone[member] in values for member, values in asked)]}


def described(region: str, name: str, number: str, kind: str = "availability-zone", opted: str = "opt-in-not-required") -> dict:
    group = region if kind == "availability-zone" else name[:-1]
    zone = {"ZoneName": name, "ZoneId": number, "ZoneType": kind, "OptInStatus": opted, "RegionName": region, "State": "available"}
    return zone | {"GroupName": group, "NetworkBorderGroup": group, "Messages": []}


def local_zones(region: str):
    for place, name in enumerate(LOCAL.get(region, ())):
        yield described(region, name, f"{name.split('-')[-2]}-az{place + 1}", "local-zone", "not-opted-in" if place else "opted-in")


@cache
def offering(account: str, region: str, instance_type: str) -> list[str]:
    """The zones of a region that offer an instance type, by name."""
    ec2 = ec2_backends[account][region]
    open_to_us = {zone.name for zone in ec2.describe_availability_zones()}
    offers = ec2.describe_instance_type_offerings("availability-zone", {"instance-type": [instance_type]})
    return sorted(offer["Location"] for offer in offers if offer["Location"] in open_to_us)


def unsupported(instance_type: str, zone: str, elsewhere: list[str]) -> str:
    """EC2's words for a type that a zone does not offer."""
    cure = f"Please retry your request by not specifying an Availability Zone or choosing {', '.join(elsewhere)}."
    return f"Your requested instance type ({instance_type}) is not supported in your requested Availability Zone ({zone}). {cure}"


@refuses("ec2", "RunInstances")
def check_type(call: Call) -> None:
    kind, subnet = call.params.get("InstanceType"), call.params.get("SubnetId")
    if not kind:
        return
    offered = offering(call.account, call.region, kind)
    if not offered:
        message = "The requested configuration is currently not supported. Please check the documentation for supported configurations."
        raise AwsError("Unsupported", message)
    zone = ec2_of(call).get_subnet(subnet).availability_zone if subnet else (call.params.get("Placement") or {}).get("AvailabilityZone")
    if zone and zone not in offered:
        raise AwsError("Unsupported", unsupported(kind, zone, offered))

"""The zones a deployment is in: where its network is they are known, before that they are chosen among those that offer what it needs."""

from __future__ import annotations

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.platform.network import KINDS
from facts.ec2 import AvailabilityZones, ExistingSubnets, ExistingVpc, InstanceTypeOfferings, SubnetZones
from facts.rds import OrderableZones
from settings import Settings

NOT_FOR_EKS = ("use1-az3", "usw1-az2", "cac1-az3")
"""Zone ids where EKS puts no control plane. Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""

FEWEST = 2
"""EKS and RDS want subnets in two zones at least."""


def placed(settings: Settings) -> Settings:
    """
    The settings with their zones decided; AWS is asked what its zones offer only while there is no whole network.

    Raises `PyinfraError` for zones that cannot be, and where too few fit.
    """
    if settings.vpc_id:
        return _looked_at(settings)
    there = _there(settings)
    if not isinstance(settings.zone_choice, int):
        if not set(settings.zones) <= set(there.values()):
            _check(settings)
        return settings
    zones, wanted = sorted(set(there.values())), settings.zone_choice
    if whole := _whole(settings, there):
        zones = whole
        if len(zones) != wanted:
            host.log_styled(f"zones is {wanted}, and the network stands in {len(zones)}, which it keeps: {', '.join(zones)}", fg="yellow")
        return settings.within(zones)
    judged = _judged(settings)
    fit = [zone for zone, why in judged.items() if not why]
    zones = sorted([*(zone for zone in zones if zone in fit), *(zone for zone in fit if zone not in zones)][:wanted])
    if len(zones) < FEWEST:
        why = "; ".join(f"{zone} {why or 'fits'}" for zone, why in judged.items())
        cure = "choose another region, core_instance_types or db_instance_class"
        raise PyinfraError(f"{host.name}: wanted {FEWEST} zones at least, and {len(zones)} of {settings.region} fit: {why} ({cure})")
    if len(zones) < wanted:
        host.log_styled(f"zones is {wanted}, and {len(zones)} are taken, all that fit: {', '.join(zones)}", fg="yellow")
    return settings.within(zones)


def standing(settings: Settings) -> Settings:
    """The settings with the zones of what is there of the network: for its removal, which asks for no others."""
    if settings.vpc_id:
        return _looked_at(settings)
    zones = sorted(set(_there(settings).values()))
    return settings.within(zones) if zones and isinstance(settings.zone_choice, int) else settings


def _looked_at(settings: Settings) -> Settings:
    """The settings with what is in somebody else's VPC; where there is none, its want says so."""
    vpc = host.get_fact(ExistingVpc, vpc=settings.vpc_id)
    ranges = [one["CidrBlock"] for one in vpc["CidrBlockAssociationSet"] if one["CidrBlockState"]["State"] == "associated"] if vpc else []
    return settings.seen(ranges, host.get_fact(ExistingSubnets, vpc=settings.vpc_id) or [])


def _there(settings: Settings) -> dict[str, str]:
    """The zones of the network's subnets, by name; one of another name is none of the network's, whatever its tag."""
    found = host.get_fact(SubnetZones) or {}
    return {name: zone for name, zone in found.items() if name in {f"{settings.deployment}-{kind}-{zone}" for kind in KINDS}}


def _whole(settings: Settings, there: dict[str, str]) -> list[str]:
    """
    The zones of a network each of which has been begun, none of one that is only begun: subnets are made one kind after the other, the public
    ones first. With the last kind the others are whole, and a zone with a public one alone is none of the network's.
    """
    kinds: dict[str, set[str]] = {}
    for name, zone in there.items():
        kinds.setdefault(name.removeprefix(f"{settings.deployment}-").partition("-")[0], set()).add(zone)
    beyond = {zone for kind, zones in kinds.items() if kind != "public" for zone in zones}
    return sorted(beyond if KINDS[-1] in kinds or not beyond else beyond | kinds.get("public", set()))


def _check(settings: Settings) -> None:
    judged = _judged(settings)
    unknown = f"is none of the zones of {settings.region} that are open to this account"
    wrong = [f"{zone} {why}" for zone in settings.zones if (why := judged.get(zone, unknown))]
    if wrong:
        fit = ", ".join(zone for zone, why in judged.items() if not why) or "none"
        raise PyinfraError(f"{host.name}: zones cannot be {', '.join(settings.zones)}: {'; '.join(wrong)}; those that fit: {fit}")


def _judged(settings: Settings) -> dict[str, str]:
    """The region's zones by name, and why each does not fit: empty where it does."""
    needed = [*settings.core_instance_types, settings.db_instance_class]
    offers = host.get_fact(InstanceTypeOfferings, instance_types=",".join(settings.core_instance_types))
    databases = host.get_fact(OrderableZones, instance_class=settings.db_instance_class, version=settings.db_engine_version)
    offered = {*((offer["InstanceType"], offer["Location"]) for offer in offers), *((settings.db_instance_class, zone) for zone in databases)}
    zones = {zone["ZoneName"]: zone["ZoneId"] for zone in host.get_fact(AvailabilityZones)}
    return {name: _why(number, [kind for kind in needed if (kind, name) not in offered]) for name, number in sorted(zones.items())}


def _why(number: str, missing: list[str]) -> str:
    if number in NOT_FOR_EKS:
        return f"is {number}, which EKS does not take"
    return f"does not offer {', '.join(missing)}" if missing else ""

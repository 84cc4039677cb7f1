"""What an instance costs by the hour, in round figures: Karpenter chooses by price, and the emulator asks the same for all."""

from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.aws.call import Call
from sandbox.aws.rules import amends

PER_CPU, PER_GIBIBYTE, PER_DISK_GIGABYTE = 0.0335, 0.0046, 0.00004
SPOT = {"a": 0.34, "b": 0.36, "c": 0.38, "d": 0.4, "e": 0.42, "f": 0.44}
"""Spot's share of the on-demand price, by the last letter of the zone."""


def on_demand(instance_type: str) -> float:
    """Dollars an hour."""
    described = INSTANCE_TYPES.get(instance_type)
    if described is None:
        return 1.0
    disks = (described.get("InstanceStorageInfo") or {}).get("TotalSizeInGB") or 0
    cpus, gibibytes = described["VCpuInfo"]["DefaultVCpus"], described["MemoryInfo"]["SizeInMiB"] / 1024
    return cpus * PER_CPU + gibibytes * PER_GIBIBYTE + disks * PER_DISK_GIGABYTE


def spot(instance_type: str, zone: str) -> float:
    """Dollars an hour."""
    return on_demand(instance_type) * SPOT.get(zone[-1:], 0.4)


@amends("ec2", "DescribeSpotPriceHistory")
def price(call: Call, answer: dict) -> None:
    for entry in answer["SpotPriceHistory"]:
        entry["SpotPrice"] = f"{spot(entry['InstanceType'], entry['AvailabilityZone']):.6f}"

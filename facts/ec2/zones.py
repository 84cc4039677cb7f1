"""Facts about availability zones: which there are, what they offer, and which ones the deployment is in."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import OWNED, AwsFact


class AvailabilityZones(AwsFact):
    """
    Returns the region's availability zones that take new things of this account: ``ZoneName``, ``ZoneId``. Zone ids are the same for every account,
    names are not.
    """

    pick = "AvailabilityZones[?OptInStatus!='not-opted-in'].{ZoneName: ZoneName, ZoneId: ZoneId}"

    def command(self):
        usable = [{"Name": "zone-type", "Values": ["availability-zone"]}, {"Name": "state", "Values": ["available"]}]
        return AwsCall("ec2", "describe_availability_zones", Filters=usable)


class InstanceTypeOfferings(AwsFact):
    """
    Returns which zones offer which of some instance types: a list of ``Location``, ``InstanceType``.

    + instance_types: their names, separated by commas
    """

    pick = "InstanceTypeOfferings[].{Location: Location, InstanceType: InstanceType}"

    def command(self, instance_types):
        types = [{"Name": "instance-type", "Values": instance_types.split(",")}]
        return AwsCall("ec2", "describe_instance_type_offerings", LocationType="availability-zone", Filters=types)


class SubnetZones(AwsFact):
    """
    Returns the zones of the subnets that are ours, by their Name tags.

    .. code:: python

        {"airflow-dev-public-us-west-2a": "us-west-2a", ...}
    """

    pick = "Subnets[].[Tags[?Key=='Name'].Value | [0], AvailabilityZone]"

    def command(self):
        return AwsCall("ec2", "describe_subnets", Filters=OWNED)

    def process(self, output):
        return dict(super().process(output))


class SubnetPlaces(AwsFact):
    """Returns the zones of all subnets of the account in the region, by subnet id."""

    pick = "Subnets[].[SubnetId, AvailabilityZone]"

    def command(self):
        return AwsCall("ec2", "describe_subnets")

    def process(self, output):
        return dict(super().process(output))


class InstanceTypes(AwsFact):
    """
    Returns how many vCPUs some instance types have, by name.

    + instance_types: their names, separated by commas

    .. code:: python

        {"m5.xlarge": 4}
    """

    pick = "InstanceTypes[].[InstanceType, VCpuInfo.DefaultVCpus]"

    def command(self, instance_types):
        return AwsCall("ec2", "describe_instance_types", InstanceTypes=instance_types.split(","))

    def process(self, output):
        return dict(super().process(output))

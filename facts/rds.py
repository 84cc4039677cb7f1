"""Facts about RDS: the metadata database, its groups and what is left of it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from pyinfra.api import FactBase

from connectors.commands.command import AwsCall
from connectors.tools.download import Download
from facts.aws import AwsFact, owned_anywhere
from settings.regions import CA_BUNDLES

NO_GROUP = ("DBSubnetGroupNotFoundFault", "DBParameterGroupNotFound", "DBParameterGroupNotFoundFault")
NO_INSTANCE = ("DBInstanceNotFound", "DBInstanceNotFoundFault")
UPGRADE_TAG = "airflow-on-eks/upgrade"
"""Of which upgrade a snapshot was taken before it: ``3.2.2 to 3.3.2``."""


class SubnetGroup(AwsFact):
    """
    Returns the subnet group, or ``None``: ``DBSubnetGroupArn``, ``VpcId``, ``Subnets``.

    + subnet_group: its name
    """

    pick = "DBSubnetGroups[0]"

    def command(self, subnet_group):
        return AwsCall("rds", "describe_db_subnet_groups", missing=NO_GROUP, DBSubnetGroupName=subnet_group)


class ParameterGroup(AwsFact):
    """
    Returns the parameter group, or ``None``: ``DBParameterGroupArn``, ``DBParameterGroupFamily``, ``Description``.

    + parameter_group: its name
    """

    pick = "DBParameterGroups[0]"

    def command(self, parameter_group):
        return AwsCall("rds", "describe_db_parameter_groups", missing=NO_GROUP, DBParameterGroupName=parameter_group)


class ExistingInstance(AwsFact):
    """
    Returns the instance with this address, whoever's it is, or ``None``: ``Engine``, ``EngineVersion``.

    + address: its host name
    """

    def command(self, address):
        self.pick = f"DBInstances[?Endpoint.Address=='{address}'] | [0]"
        return AwsCall("rds", "describe_db_instances")


class ExistingCluster(AwsFact):
    """
    Returns the Aurora cluster with this address, whoever's it is, or ``None``: ``Engine``, ``EngineVersion``.

    + address: its host name
    """

    def command(self, address):
        self.pick = f"DBClusters[?Endpoint=='{address}'] | [0]"
        return AwsCall("rds", "describe_db_clusters")


class Parameters(AwsFact):
    """
    Returns the parameters somebody set in a parameter group, by name, or ``None`` when there is no such group.

    + parameter_group: its name

    .. code:: python

        {"rds.force_ssl": "1"}
    """

    def command(self, parameter_group):
        return AwsCall("rds", "describe_db_parameters", missing=NO_GROUP, DBParameterGroupName=parameter_group, Source="user")

    def process(self, output):
        parameters = json.loads("\n".join(output))["Parameters"]
        return {parameter["ParameterName"]: parameter.get("ParameterValue") for parameter in parameters}


class ParameterGroupNames(AwsFact):
    """
    Returns the names of the parameter groups that are ours.
    """

    pick = "ResourceTagMappingList[?contains(ResourceARN, ':pg:')].ResourceARN"

    def command(self):
        return owned_anywhere()

    def process(self, output):
        return [arn.rpartition(":pg:")[2] for arn in super().process(output)]


class Tags(AwsFact):
    """
    Returns the tags of an RDS resource, or ``None`` when there is no such thing: a list of ``Key``, ``Value``.

    + resource: its ARN
    """

    pick = "TagList"

    def command(self, resource):
        return AwsCall("rds", "list_tags_for_resource", missing=(*NO_GROUP, *NO_INSTANCE), ResourceName=resource)


class Instance(AwsFact):
    """
    Returns the database instance, or ``None``: ``DBInstanceStatus``, ``Endpoint``, ``EngineVersion``, ``PendingModifiedValues``, ``TagList``, ...

    + instance: its identifier

    .. code:: python

        {"DBInstanceIdentifier": "airflow-dev", "DBInstanceStatus": "available", "Endpoint": {"Address": "...", "Port": 5432}, ...}
    """

    pick = "DBInstances[0]"

    def command(self, instance):
        return AwsCall("rds", "describe_db_instances", missing=NO_INSTANCE, DBInstanceIdentifier=instance)


class UpgradeTargets(AwsFact):
    """
    Returns the versions of PostgreSQL that RDS upgrades a version to.

    + version: ``16.11``

    .. code:: python

        ["16.13", "17.7", "17.9"]
    """

    pick = "DBEngineVersions[0].ValidUpgradeTarget[].EngineVersion"

    def command(self, version):
        return AwsCall("rds", "describe_db_engine_versions", Engine="postgres", EngineVersion=version)


class OrderableZones(AwsFact):
    """
    Returns the names of the zones where RDS offers an instance class for PostgreSQL with the storage that is used here.

    + instance_class: ``db.m6g.large``
    + version: of PostgreSQL, ``17`` or ``17.6``
    """

    def command(self, instance_class, version):
        same = f"EngineVersion=='{version}' || starts_with(EngineVersion, '{version}.')"
        self.pick = f"OrderableDBInstanceOptions[?StorageType=='gp3' && ({same})].AvailabilityZones[].Name"
        return AwsCall("rds", "describe_orderable_db_instance_options", Engine="postgres", DBInstanceClass=instance_class, Vpc=True)

    def process(self, output):
        return sorted(set(super().process(output)))


class FinalSnapshots(AwsFact):
    """
    Returns the final snapshots of an instance that is gone or going: ``DBSnapshotIdentifier``, ``Status``, ``SnapshotCreateTime``, ``TagList``.

    + instance: the identifier of the instance
    """

    def command(self, instance):
        self.pick = f"DBSnapshots[?starts_with(DBSnapshotIdentifier, '{instance}-final-')]"
        return AwsCall("rds", "describe_db_snapshots", DBInstanceIdentifier=instance, SnapshotType="manual")


class Snapshots(AwsFact):
    """
    Returns the manual snapshots of an instance that are there or being made: ``DBSnapshotIdentifier``, ``Status``, ``TagList``.

    + snapshots: what their identifiers begin with
    + instance: the identifier of the instance
    """

    def command(self, snapshots, instance):
        self.pick = f"DBSnapshots[?starts_with(DBSnapshotIdentifier, '{snapshots}-') && Status!='failed']"
        return AwsCall("rds", "describe_db_snapshots", DBInstanceIdentifier=instance, SnapshotType="manual")


class UpgradeSnapshots(AwsFact):
    """
    Returns the snapshots that were taken before upgrades of an instance: ``DBSnapshotIdentifier``, ``Status``, ``SnapshotCreateTime``, ``TagList``.

    + instance: the identifier of the instance
    """

    pick = f"DBSnapshots[?TagList[?Key=='{UPGRADE_TAG}']]"

    def command(self, instance):
        return AwsCall("rds", "describe_db_snapshots", DBInstanceIdentifier=instance, SnapshotType="manual")


class FreeStorage(AwsFact):
    """
    Returns how much of an instance's storage was free in the last half hour (bytes), or ``None`` where CloudWatch does not say, or not to the caller.

    + instance: its identifier
    """

    pick = "min(Datapoints[].Minimum)"

    def command(self, instance):
        now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
        return AwsCall(
            "cloudwatch",
            "get_metric_statistics",
            missing=("AccessDenied", "AccessDeniedException"),
            Namespace="AWS/RDS",
            MetricName="FreeStorageSpace",
            Dimensions=[{"Name": "DBInstanceIdentifier", "Value": instance}],
            StartTime=(now - timedelta(minutes=30)).isoformat(),
            EndTime=now.isoformat(),
            Period=1800,
            Statistics=["Minimum"],
        )


class CaBundle(FactBase):
    """
    Returns the certificates RDS signs its servers with, in every region of a partition, as PEM text.

    + address: where the partition publishes them
    """

    def command(self, address=CA_BUNDLES["aws"]):
        return Download(address, "let this machine reach it, or set db_ca_bundle to a PEM file that holds it")

    def process(self, output):
        return json.loads("\n".join(output))

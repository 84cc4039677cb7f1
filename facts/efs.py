"""Facts about EFS: the shared file system. A file system is found by its creation token."""

from __future__ import annotations

import json

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

GONE = ("FileSystemNotFound", "MountTargetNotFound", "AccessPointNotFound", "PolicyNotFound")


def _file_systems(file_system: str) -> AwsCall:
    return AwsCall("efs", "describe_file_systems", missing=GONE, CreationToken=file_system)


def _of_each(file_system: str, action: str) -> AwsEach:
    items = "FileSystems[?LifeCycleState!='deleted'].{FileSystemId: FileSystemId}"
    return AwsEach(_file_systems(file_system), items, AwsCall("efs", action, missing=GONE))


class FileSystem(AwsFact):
    """
    Returns the file system, or ``None``: ``FileSystemId``, ``FileSystemArn``, ``LifeCycleState``, ``Encrypted``, ``ThroughputMode``, ``Tags``.

    + file_system: its creation token
    """

    pick = "FileSystems[?LifeCycleState!='deleted'] | [0]"

    def command(self, file_system):
        return _file_systems(file_system)


class LifecycleConfiguration(AwsFact):
    """
    Returns when files of a file system move between storage classes, or ``None`` when there is no file system.

    + file_system: its creation token

    .. code:: python

        [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"}]
    """

    pick = "[0].LifecyclePolicies"

    def command(self, file_system):
        return _of_each(file_system, "describe_lifecycle_configuration")


class BackupPolicy(AwsFact):
    """
    Returns whether AWS Backup backs a file system up, or ``None`` where nobody ever said: ``Status``.

    + file_system: its creation token
    """

    pick = "[0].BackupPolicy"

    def command(self, file_system):
        return _of_each(file_system, "describe_backup_policy")


class FileSystemPolicy(AwsFact):
    """
    Returns a file system's resource policy as a document, or ``None`` where there is none.

    + file_system: its creation token
    """

    pick = "[0].Policy"

    def command(self, file_system):
        return _of_each(file_system, "describe_file_system_policy")

    def process(self, output):
        policy = super().process(output)
        return json.loads(policy) if policy else None


class MountTargets(AwsFact):
    """
    Returns the mount targets of a file system: ``MountTargetId``, ``AvailabilityZoneName``, ``SubnetId``, ``LifeCycleState``.

    + file_system: its creation token
    """

    pick = "[].MountTargets[]"

    def command(self, file_system):
        return _of_each(file_system, "describe_mount_targets")


class MountTarget(AwsFact):
    """
    Returns the mount target of a file system in a zone, as `MountTargets` does, or ``None``.

    + mount_target: the file system and the zone, ``airflow-dev-us-west-2a``
    + file_system: the file system's creation token
    """

    def command(self, mount_target, file_system):
        name = f"join('-', ['{file_system}', AvailabilityZoneName])"
        self.pick = f"[].MountTargets[] | [?{name}=='{mount_target}' && LifeCycleState!='deleted'] | [0]"
        return _of_each(file_system, "describe_mount_targets")


class MountTargetNames(AwsFact):
    """
    Returns the names of the mount targets of a file system, as `MountTarget` takes them.

    + file_system: its creation token
    """

    def command(self, file_system):
        self.pick = f"[].MountTargets[?LifeCycleState!='deleted'][].join('-', ['{file_system}', AvailabilityZoneName])"
        return _of_each(file_system, "describe_mount_targets")


class MountTargetSecurityGroups(AwsFact):
    """
    Returns the ids of the security groups of a mount target, or ``None`` when there is no such thing.

    + mount_target_id: its id
    """

    pick = "SecurityGroups"

    def command(self, mount_target_id):
        return AwsCall("efs", "describe_mount_target_security_groups", missing=GONE, MountTargetId=mount_target_id)


class AccessPoints(AwsFact):
    """
    Returns the access points of a file system, those of the CSI driver's volumes among them: ``AccessPointId``, ``LifeCycleState``.

    + file_system: its creation token
    """

    pick = "[].AccessPoints[]"

    def command(self, file_system):
        return _of_each(file_system, "describe_access_points")

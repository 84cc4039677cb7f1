"""Operations on EFS: the shared file system. Mount targets are started; `available` waits for all of them."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Json, Ref
from facts.ec2 import subnet_id
from facts.efs import (
    GONE,
    AccessPoints,
    BackupPolicy,
    FileSystem,
    FileSystemPolicy,
    LifecycleConfiguration,
    MountTarget,
    MountTargets,
    MountTargetSecurityGroups,
)
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.foreign import absent
from operations.ownership import own
from operations.policy import changed


@operation()
def file_system(
    file_system: str,
    performance: str | None = "generalPurpose",
    throughput: str | None = "elastic",
    lifecycle: list | None = None,
    backup: bool | None = None,
    policy: dict | None = None,
    kms_key: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Add/remove an encrypted file system.

    + file_system: its creation token, which is its Name tag too
    + performance: ``generalPurpose`` or ``maxIO`` (fixed)
    + throughput: ``elastic`` or ``bursting``
    + lifecycle: when files move between storage classes (whole), as ``[{"TransitionToIA": "AFTER_30_DAYS"}]``
    + backup: whether AWS Backup backs it up every day; its backups stay when it is removed
    + policy: its resource policy (whole); references anywhere in it
    + kms_key: ARN of the key that encrypts it (fixed)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** throughput, lifecycle, backup, policy and tags are put right; another performance mode or key, and one that is not encrypted,
    are refused. A removal takes its access points and mount targets along. One without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        efs.file_system(file_system="airflow-dev", backup=False, name="Shared file system")
    """
    now = _own(file_system, present)
    tags = {"Name": file_system, **(tags or {})}
    if not present:
        if now:
            yield from _removed(file_system, now)
        else:
            absent("file system", file_system, now)
        return
    made = Ref(FileSystem, "FileSystemId", file_system=file_system)
    ready = Wait("efs", "file_system_available", FileSystemId=made)
    backed_up = {"Status": "ENABLED" if backup else "DISABLED"}
    if not now or now["LifeCycleState"] == "deleting":
        if now:
            yield Wait("efs", "file_system_deleted", FileSystemId=now["FileSystemId"])
        yield AwsCall(
            "efs",
            "create_file_system",
            CreationToken=file_system,
            Encrypted=True,
            PerformanceMode=performance,
            ThroughputMode=throughput,
            Backup=bool(backup),
            **({"KmsKeyId": kms_key} if kms_key else {}),
            Tags=tag.listed(tags),
        )
        yield ready
        if lifecycle:
            yield AwsCall("efs", "put_lifecycle_configuration", FileSystemId=made, LifecyclePolicies=lifecycle)
        if policy:
            yield AwsCall("efs", "put_file_system_policy", FileSystemId=made, Policy=Json(policy))
        return
    refused(
        "file system", file_system, differing(now, Encrypted=True, PerformanceMode=performance, KmsKeyId=kms_key), "copy its files away and remove it first"
    )
    commands = []
    if changes := differing(now, ThroughputMode=throughput):
        commands.append(AwsCall("efs", "update_file_system", FileSystemId=now["FileSystemId"], ThroughputMode=throughput).because(changes))
    if lifecycle is not None:
        moved = host.get_fact(LifecycleConfiguration, file_system=file_system) or []
        if changes := differing({"LifecyclePolicies": moved}, LifecyclePolicies=lifecycle):
            commands.append(AwsCall("efs", "put_lifecycle_configuration", FileSystemId=now["FileSystemId"], LifecyclePolicies=lifecycle).because(changes))
    if backup is not None:
        status = (host.get_fact(BackupPolicy, file_system=file_system) or {}).get("Status", "DISABLED")
        if status.startswith("ENABL") != backup:
            changes = [Change("BackupPolicy.Status", status, backed_up["Status"])]
            commands.append(AwsCall("efs", "put_backup_policy", FileSystemId=now["FileSystemId"], BackupPolicy=backed_up).because(changes))
    if policy is not None:
        allowed = host.get_fact(FileSystemPolicy, file_system=file_system)
        if changes := changed("Policy", allowed, policy):
            commands.append(AwsCall("efs", "put_file_system_policy", FileSystemId=now["FileSystemId"], Policy=Json(policy)).because(changes))
    if changes := tag.missing(now["Tags"], tags):
        commands.append(AwsCall("efs", "tag_resource", ResourceId=now["FileSystemId"], Tags=tag.listed(tags)).because(changes))
    if now["LifeCycleState"] != "available":
        yield ready
    elif not commands:
        host.noop(f"file system {file_system} is already present")
    yield from commands


@operation()
def mount_target(mount_target: str, file_system: str, subnet: str | None = None, security_groups: list | None = None, present: bool = True):
    """
    Start/remove the mount target of a file system in a zone: EFS has at most one in each. `available` waits for it.

    + mount_target: the file system and the zone, ``airflow-dev-us-west-2a``
    + file_system: the file system's creation token
    + subnet: Name tag of the subnet, or its id, it is in (fixed)
    + security_groups: ids of its security groups, as `Ref` (whole)
    + present: whether it should exist

    **Idempotency:** security groups are put right; another subnet is refused. A removal waits until it is gone. Mount targets carry no tags: those
    of a file system without the deployment's tag are refused, and never removed.

    **Example:**

    .. code:: python

        efs.mount_target(
            mount_target="airflow-dev-us-west-2a",
            file_system="airflow-dev",
            subnet="airflow-dev-private-us-west-2a",
            security_groups=[Ref(SecurityGroup, "GroupId", group="airflow-dev-efs")],
            name="Mount target",
        )
    """
    parent = _own(file_system, present)
    now = host.get_fact(MountTarget, mount_target=mount_target, file_system=file_system) if parent else None
    if not present:
        if now:
            if now["LifeCycleState"] != "deleting":
                yield AwsCall("efs", "delete_mount_target", missing=GONE, MountTargetId=now["MountTargetId"])
            yield Wait("efs", "mount_target_deleted", MountTargetId=now["MountTargetId"])
        else:
            absent("mount target", mount_target, parent)
        return
    if not now or now["LifeCycleState"] == "deleting":
        if now:
            yield Wait("efs", "mount_target_deleted", MountTargetId=now["MountTargetId"])
        yield AwsCall(
            "efs",
            "create_mount_target",
            made=Ref(MountTarget, "MountTargetId", mount_target=mount_target, file_system=file_system),
            FileSystemId=Ref(FileSystem, "FileSystemId", file_system=file_system),
            SubnetId=subnet_id(subnet),
            **({"SecurityGroups": security_groups} if security_groups else {}),
        )
        return
    fixed = differing(now, SubnetId=subnet_id(subnet) if subnet else None)
    refused("mount target", mount_target, fixed, "remove the mount target first")
    groups = host.get_fact(MountTargetSecurityGroups, mount_target_id=now["MountTargetId"])
    changes = differing({"SecurityGroups": groups}, SecurityGroups=security_groups)
    if changes:
        yield AwsCall("efs", "modify_mount_target_security_groups", MountTargetId=now["MountTargetId"], SecurityGroups=security_groups).because(changes)
    else:
        host.noop(f"mount target {mount_target} is already present")


@operation()
def available(file_system: str, present: bool = True):
    """
    Wait until a file system can be mounted in each of its zones; mirrored, start the removal of its access points and mount targets.

    + file_system: its creation token
    + present: ``False`` starts the removal

    **Idempotency:** nothing is done once all mount targets are available, or once their removal has begun.

    **Example:**

    .. code:: python

        efs.available(file_system="airflow-dev", name="Shared file system ready")
    """
    if present:
        now = host.get_fact(FileSystem, file_system=file_system)
        targets = (host.get_fact(MountTargets, file_system=file_system) if now else None) or []
        if targets and all(target["LifeCycleState"] == "available" for target in targets):
            host.noop(f"file system {file_system} is already available")
        else:
            yield Wait("efs", "mount_targets_available", FileSystemId=Ref(FileSystem, "FileSystemId", file_system=file_system))
        return
    now = _own(file_system, present)
    commands = list(_emptied(file_system)) if now else []
    yield from commands
    if not now:
        absent("file system", file_system, now)
    elif not commands:
        host.noop(f"file system {file_system} is already without mount targets")


def _own(file_system: str, present: bool):
    now = host.get_fact(FileSystem, file_system=file_system)
    return own("file system", file_system, now, (now or {}).get("Tags"), present)


def _emptied(file_system: str):
    points = host.get_fact(AccessPoints, file_system=file_system) or []
    targets = host.get_fact(MountTargets, file_system=file_system) or []
    for point in points:
        if point["LifeCycleState"] not in ("deleting", "deleted"):
            yield AwsCall("efs", "delete_access_point", missing=GONE, AccessPointId=point["AccessPointId"])
    for target in targets:
        if target["LifeCycleState"] not in ("deleting", "deleted"):
            yield AwsCall("efs", "delete_mount_target", missing=GONE, MountTargetId=target["MountTargetId"])


def _removed(file_system: str, now: dict):
    if now["LifeCycleState"] != "deleting":
        yield from list(_emptied(file_system))
        yield Wait("efs", "mount_targets_deleted", FileSystemId=now["FileSystemId"])
        yield AwsCall("efs", "delete_file_system", missing=GONE, FileSystemId=now["FileSystemId"])
    yield Wait("efs", "file_system_deleted", FileSystemId=now["FileSystemId"])

"""Operations on RDS instances: one starts, one waits; mirrored, the wait starts the removal and the start waits for it."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import NOW, Ref, Text
from facts.rds import NO_INSTANCE, Instance, UpgradeTargets
from operations import tags as tag
from operations.differ import Change, differing, differing_in, refused
from operations.foreign import absent
from operations.ownership import own
from operations.rds.connections import RESERVED, max_connections
from settings.versions import numbers

USABLE = ("available", "backing-up", "storage-optimization")
"""States in which the database answers and nothing is left to wait for."""

CHANGEABLE = ("available", "storage-optimization")
STILL = ("stopped", "storage-full", "failed", "incompatible-restore", "incompatible-network", "incompatible-parameters")
"""States it never gets out of by itself."""

NO_SNAPSHOT = ("failed", "incompatible-restore", "incompatible-network")
"""States AWS makes no final snapshot in. Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html"""


@operation()
def instance(
    instance: str,
    version: str | None = None,
    instance_class: str | None = None,
    connections: int | None = None,
    storage: int | None = None,
    storage_max: int | None = None,
    username: str | None = None,
    password=None,
    subnet_group: str | None = None,
    parameter_group: str | None = None,
    security_groups: list | None = None,
    multi_az: bool | None = None,
    backup_days: int | None = None,
    backup_window: str | None = None,
    maintenance_window: str | None = None,
    deletion_protection: bool | None = None,
    log_exports: list | None = None,
    certificate: str | None = None,
    performance_insights: bool | None = None,
    final_snapshot: bool = True,
    kms_key: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Start/remove a PostgreSQL instance: encrypted, private, on gp3 storage. `available` waits for it.

    + instance: its identifier
    + version: ``17`` (RDS chooses and upgrades the minor version) or ``17.6`` (pinned)
    + instance_class: its class, as ``db.m6g.large``
    + connections: how many its clients may open; a class whose memory is too small for that many is refused
    + storage: what it has at least (GiB)
    + storage_max: what it may grow to by itself (GiB); ``None``: it does not grow
    + username: the master user (fixed)
    + password: the master user's password, a `Ref` to a hidden value; never compared, since RDS does not tell it
    + subnet_group: the subnets it may be in (fixed)
    + parameter_group: its parameter group
    + security_groups: ids of its security groups, as `Ref` (whole)
    + multi_az: a standby in a second zone
    + backup_days: how long automated backups are kept (days)
    + backup_window: when they are made (UTC, ``03:00-04:00``)
    + maintenance_window: when RDS may change it (UTC, ``sun:05:00-sun:06:00``)
    + deletion_protection: whether RDS refuses to delete it; only ``False`` lets a removal lift the protection
    + log_exports: logs sent to CloudWatch (whole)
    + certificate: identifier of the CA of its certificate
    + performance_insights: whether it collects them
    + final_snapshot: whether a removal takes a last snapshot, named after the instance and the time
    + kms_key: ARN of the key that encrypts it and its snapshots (fixed)
    + tags: its tags (merged); snapshots get them too
    + present: whether it should exist

    **Idempotency:** changes are applied at once, except the password; what RDS is already changing is not asked for again. A newer major
    version upgrades the instance; an older one, less storage, and another master user, subnet group or encryption are refused. An instance
    without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        rds.instance(
            instance="airflow-dev",
            version="17",
            instance_class="db.m6g.large",
            storage=20,
            username="airflow_admin",
            password=Ref(SecretValue, secret="airflow-dev/database/master"),
            subnet_group="airflow-dev",
            security_groups=[Ref(SecurityGroup, "GroupId", group="airflow-dev-database")],
            name="Database",
        )
    """
    now = host.get_fact(Instance, instance=instance)
    now = own("instance", instance, now, (now or {}).get("TagList"), present)
    tags = tags or {}
    if not present:
        if now:
            yield from _deleted(now, deletion_protection, final_snapshot)
            yield Wait("rds", "db_instance_deleted", DBInstanceIdentifier=instance)
        else:
            absent("instance", instance, now)
        return
    if connections and instance_class and connections + RESERVED > (most := max_connections(instance_class)):
        raise OperationError(
            f"instance {instance}: {instance_class} allows about {most} connections, wanted {connections + RESERVED} "
            f"({connections} for its clients, {RESERVED} kept for RDS): choose a larger db_instance_class"
        )
    asked = {
        "DBInstanceClass": instance_class,
        "MultiAZ": multi_az,
        "BackupRetentionPeriod": backup_days,
        "PreferredBackupWindow": backup_window,
        "PreferredMaintenanceWindow": maintenance_window,
        "DeletionProtection": deletion_protection,
        "CACertificateIdentifier": certificate,
        "EnablePerformanceInsights": performance_insights,
        "DBParameterGroupName": parameter_group,
        "VpcSecurityGroupIds": security_groups,
        "StorageType": "gp3",
        "AutoMinorVersionUpgrade": None if version is None else "." not in version,
        "CopyTagsToSnapshot": True,
        "PubliclyAccessible": False,
    }
    if not now or now["DBInstanceStatus"] == "deleting":
        if now:
            yield Wait("rds", "db_instance_deleted", DBInstanceIdentifier=instance)
        once = {
            "Engine": "postgres",
            "EngineVersion": version,
            "AllocatedStorage": storage,
            "MaxAllocatedStorage": storage_max,
            "StorageEncrypted": True,
            "KmsKeyId": kms_key,
            "MasterUsername": username,
            "MasterUserPassword": password,
            "DBSubnetGroupName": subnet_group,
            "EnableCloudwatchLogsExports": log_exports,
            "Tags": tag.listed(tags),
        }
        wanted = {field: value for field, value in {**once, **asked}.items() if value is not None}
        yield AwsCall("rds", "create_db_instance", made=Ref(Instance, "DBInstanceIdentifier", instance=instance), DBInstanceIdentifier=instance, **wanted)
        return
    fixed = differing(now, Engine="postgres", StorageEncrypted=True, KmsKeyId=kms_key, MasterUsername=username)
    fixed += differing(now, DBSubnetGroup__DBSubnetGroupName=subnet_group)
    refused("instance", instance, [*fixed, *_shrunk(now, storage, storage_max)], "remove the instance first, keeping a snapshot to restore from")
    settled = _as_asked(now)
    changes = [*differing_in(settled, asked), *_storage(settled, storage, storage_max), *_version(instance, settled, version)]
    exports = _exports(settled, log_exports)
    retagged = tag.missing(now.get("TagList"), tags)
    if retagged:
        yield AwsCall("rds", "add_tags_to_resource", ResourceName=now["DBInstanceArn"], Tags=tag.listed(tags)).because(retagged)
    if changes or exports:
        if now["DBInstanceStatus"] not in CHANGEABLE:
            yield Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
        fields = {change.field: asked.get(change.field, change.wanted) for change in changes}
        if _major(fields.get("EngineVersion")) > _major(now["EngineVersion"]):
            fields["AllowMajorVersionUpgrade"] = True
        if exports:
            fields["CloudwatchLogsExportConfiguration"] = exports.wanted
            changes.append(Change("EnabledCloudwatchLogsExports", settled["EnableCloudwatchLogsExports"], log_exports))
        yield _modify(instance, **fields).because(changes)
    elif not retagged:
        host.noop(f"instance {instance} is already present")


@operation()
def available(instance: str, deletion_protection: bool | None = None, final_snapshot: bool = True, present: bool = True):
    """
    Wait until an instance can be used; mirrored, start its removal, which `instance` waits for.

    + instance: its identifier
    + deletion_protection: as in `instance`: only ``False`` lets a removal lift the protection
    + final_snapshot: whether a removal takes a last snapshot
    + present: ``False`` starts the removal

    **Idempotency:** nothing is done once the database can be used, or once its removal has begun.

    **Example:**

    .. code:: python

        rds.available(instance="airflow-dev", name="Database ready")
    """
    now = host.get_fact(Instance, instance=instance)
    if present:
        if now and now["DBInstanceStatus"] in USABLE:
            host.noop(f"instance {instance} is already available")
        else:
            yield Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
        return
    now = own("instance", instance, now, (now or {}).get("TagList"), present)
    if not now:
        absent("instance", instance, now)
    elif now["DBInstanceStatus"] == "deleting":
        host.noop(f"instance {instance} is already going")
    else:
        yield from _deleted(now, deletion_protection, final_snapshot)


def _deleted(now: dict, deletion_protection: bool | None, final_snapshot: bool):
    instance, status = now["DBInstanceIdentifier"], now["DBInstanceStatus"]
    if status == "deleting":
        return
    if now.get("DeletionProtection") and deletion_protection is not False:
        raise OperationError(f"instance {instance} is protected against deletion: set db_deletion_protection = False to have it removed")
    ready = Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
    if status not in (*CHANGEABLE, *STILL):
        yield ready
    if now.get("DeletionProtection"):
        yield _modify(instance, DeletionProtection=False).because([Change("DeletionProtection", True, False)])
        if status not in STILL:
            yield ready
    if final_snapshot and status not in NO_SNAPSHOT:
        last = {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": Text("{instance}-final-{now}", instance=instance, now=NOW)}
    else:
        last = {"SkipFinalSnapshot": True}
    yield AwsCall("rds", "delete_db_instance", missing=NO_INSTANCE, DBInstanceIdentifier=instance, DeleteAutomatedBackups=True, **last)


def _modify(instance: str, **fields) -> AwsCall:
    return AwsCall("rds", "modify_db_instance", DBInstanceIdentifier=instance, ApplyImmediately=True, **fields)


def _as_asked(now: dict) -> dict:
    """The instance as its changes under way will leave it, in the words of a change."""
    pending = now.get("PendingModifiedValues") or {}
    exports = set(now.get("EnabledCloudwatchLogsExports") or [])
    moving = pending.get("PendingCloudwatchLogsExports") or {}
    exports = (exports | set(moving.get("LogTypesToEnable") or [])) - set(moving.get("LogTypesToDisable") or [])
    return {
        **now,
        **pending,
        "EnableCloudwatchLogsExports": sorted(exports),
        "EnablePerformanceInsights": now.get("PerformanceInsightsEnabled", False),
        "DBParameterGroupName": now["DBParameterGroups"][0]["DBParameterGroupName"],
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in now.get("VpcSecurityGroups", [])],
    }


def _exports(settled: dict, wanted: list | None) -> Change | None:
    now = set(settled["EnableCloudwatchLogsExports"])
    if wanted is None or now == set(wanted):
        return None
    ways = {"EnableLogTypes": sorted(set(wanted) - now), "DisableLogTypes": sorted(now - set(wanted))}
    return Change("CloudwatchLogsExportConfiguration", sorted(now), {way: types for way, types in ways.items() if types})


def _storage(settled: dict, storage: int | None, storage_max: int | None) -> list[Change]:
    if storage is None:
        return []
    now, limit = settled["AllocatedStorage"], settled.get("MaxAllocatedStorage")
    changes = [Change("AllocatedStorage", now, storage)] if now < storage else []
    if storage_max is None and (limit or 0) <= now:
        return changes
    if limit != storage_max:
        changes.append(Change("MaxAllocatedStorage", limit, storage_max or max(now, storage)))
    return changes


def _shrunk(now: dict, storage: int | None, storage_max: int | None) -> list[Change]:
    # RDS rounds a step of less than a tenth up to a tenth.
    if storage is None or now["AllocatedStorage"] <= (storage_max or storage) * 1.1:
        return []
    return [Change("AllocatedStorage", now["AllocatedStorage"], storage_max or storage)]


def _version(instance: str, settled: dict, version: str | None) -> list[Change]:
    now = settled["EngineVersion"]
    if version is None or now == version or now.startswith(f"{version}."):
        return []
    if numbers(version) < numbers(now):
        cure = f"set db_engine_version = {now!r}, or {now.partition('.')[0]!r} to leave the minor version to RDS"
        refused("instance", instance, [Change("EngineVersion", now, version)], cure)
    targets = sorted(host.get_fact(UpgradeTargets, version=now) or [], key=numbers)
    fitting = [target for target in targets if target == version or target.startswith(f"{version}.")]
    if not fitting:
        refused("instance", instance, [Change("EngineVersion", now, version)], f"RDS goes from {now} to {', '.join(targets) or 'nothing newer'}")
    return [Change("EngineVersion", now, fitting[-1])]


def _major(version: str | None) -> int:
    return numbers(version)[0] if version else 0

"""Snapshots: creating, then available."""

from moto.rds.models import rds_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rds import servers
from sandbox.aws.rds.request import check_identifier, find_instance
from sandbox.aws.rules import amends, refuses

SOON = 10
"""Until a copy that is not whole yet is looked at again (seconds)."""


def take(rds, instance: str, name: str) -> None:
    """A snapshot AWS takes itself."""
    snapshot = rds.create_db_snapshot(instance, name)
    source = rds.databases[instance]
    if source.shown["CopyTagsToSnapshot"] and not snapshot.tags:
        snapshot.tags = list(source.tags)
    remember(source, snapshot)


def remember(source, snapshot, fails: bool = False) -> None:
    keys = ("StorageEncrypted", "EngineVersion", "AllocatedStorage", "StorageType", "KmsKeyId", "MasterUsername", "LicenseModel")
    snapshot.shown = {key: source.shown[key] for key in keys if key in source.shown}
    snapshot.shown["Encrypted"] = snapshot.shown.pop("StorageEncrypted")
    snapshot.status = "creating"
    servers.copy(source, snapshot.db_snapshot_identifier)
    clock.after("rds snapshot create", lambda: become_available(snapshot, fails))


def become_available(snapshot, fails: bool = False) -> None:
    if fails:
        snapshot.status = "failed"
    elif servers.copied(snapshot.db_snapshot_identifier):
        snapshot.status = "available"
    else:
        clock.after(SOON, lambda: become_available(snapshot))


@refuses("rds", "CreateDBSnapshot")
def check_source(call: Call) -> None:
    check_identifier(call.params["DBSnapshotIdentifier"], "DBSnapshotIdentifier")
    instance = find_instance(call)
    if instance.status not in ("available", "storage-optimization"):
        reason = f"the database instance {instance.db_instance_identifier} is not currently in the available state."
        raise AwsError("InvalidDBInstanceState", f"Cannot create a snapshot because {reason}")


@amends("rds", "CreateDBSnapshot")
def begin(call: Call, answer: dict) -> None:
    snapshot = rds_backends[call.account][call.region].database_snapshots[call.params["DBSnapshotIdentifier"]]
    remember(find_instance(call), snapshot, call.fault == "failed")
    describe(snapshot, answer["DBSnapshot"])


@amends("rds", "DescribeDBSnapshots")
def describe_all(call: Call, answer: dict) -> None:
    snapshots = rds_backends[call.account][call.region].database_snapshots
    for described in answer["DBSnapshots"]:
        describe(snapshots[described["DBSnapshotIdentifier"]], described)


def describe(snapshot, described: dict) -> None:
    described |= getattr(snapshot, "shown", {})
    described["Status"] = snapshot.status
    described["PercentProgress"] = 100 if snapshot.status == "available" else 0


@refuses("rds", "DeleteDBSnapshot")
def keep_unfinished(call: Call) -> None:
    name = call.params["DBSnapshotIdentifier"]
    snapshot = rds_backends[call.account][call.region].database_snapshots.get(name)
    if snapshot and snapshot.status not in ("available", "failed"):
        raise AwsError("InvalidDBSnapshotState", f"The DB snapshot {name} is not in an available state")


@amends("rds", "DeleteDBSnapshot")
def forget(call: Call, answer: dict) -> None:
    servers.forget_copy(call.params["DBSnapshotIdentifier"])

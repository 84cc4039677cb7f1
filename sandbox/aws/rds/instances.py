"""Instances: creating, backing up, available, modifying, deleting."""

import secrets
import uuid

from moto.rds.models import DBInstance, rds_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rds import servers
from sandbox.aws.rds.fields import DEFAULTS, shown
from sandbox.aws.rds.network import make_interfaces, remove_interfaces, write_logs
from sandbox.aws.rds.request import check_identifier, combination, find_instance
from sandbox.aws.rds.snapshots import take
from sandbox.aws.rds.versions import family
from sandbox.aws.rules import amends, answers

SUFFIX = "c" + secrets.token_hex(6)
SOON = 10
"""Until a server that is not ready yet is looked at again (seconds)."""


@amends("rds", "CreateDBInstance")
def begin(call: Call, answer: dict) -> None:
    instance = rds_backends[call.account][call.region].databases[call.params["DBInstanceIdentifier"].lower()]
    bring_up(instance, call.given, answer["DBInstance"].get("VpcSecurityGroups", []))
    servers.create(instance, host(instance), call.given)
    describe(instance, answer["DBInstance"])


def bring_up(instance: DBInstance, given: dict, groups: list[dict]) -> None:
    """
    Let a new instance come to be.

    + given: as CreateDBInstance takes it
    + groups: its security groups unless given
    """
    instance.shown = DEFAULTS | shown(given)
    instance.interfaces, instance.pending = [], {}
    instance.dbi_resource_id = "db-" + secrets.token_hex(13).upper()
    if instance.shown["StorageEncrypted"]:
        instance.shown.setdefault("KmsKeyId", f"arn:aws:kms:{instance.region}:{instance.account_id}:key/{uuid.uuid4()}")
    if not given.get("DBParameterGroupName"):
        name = f"default.{family(instance.shown['EngineVersion'])}"
        instance.shown["DBParameterGroups"] = [{"DBParameterGroupName": name, "ParameterApplyStatus": "in-sync"}]
    instance.shown.setdefault("VpcSecurityGroups", groups)
    instance.status = "creating"
    make_interfaces(instance)
    kind = " multi-az" if instance.shown["MultiAZ"] else ""
    clock.after(f"rds instance create{kind}", lambda: back_up(instance))


def host(instance: DBInstance) -> str:
    return f"{instance.db_instance_identifier}.{SUFFIX}.{instance.region}.rds.amazonaws.com"


def back_up(instance: DBInstance) -> None:
    if instance.status != "creating":
        return
    if not servers.settled(instance):
        return clock.after(SOON, lambda: back_up(instance))
    instance.ready = True
    write_logs(instance)
    if instance.shown["BackupRetentionPeriod"]:
        instance.status = "backing-up"
        clock.after("rds instance backing-up", lambda: become_available(instance))
    else:
        become_available(instance)


def become_available(instance: DBInstance) -> None:
    if instance.status in ("creating", "backing-up", "modifying", "upgrading", "rebooting", "starting"):
        instance.status = "available"


def describe(instance: DBInstance, described: dict) -> None:
    """Corrects moto's description in place."""
    if not hasattr(instance, "shown"):
        return
    described.update(instance.shown)
    described["DBInstanceStatus"] = instance.status
    described["DbiResourceId"] = instance.dbi_resource_id
    described["PendingModifiedValues"] = instance.pending
    if "CertificateDetails" not in described:
        described["CertificateDetails"] = {"CAIdentifier": instance.shown["CACertificateIdentifier"]}
    if getattr(instance, "ready", False):
        described["Endpoint"] = {"Address": host(instance), "Port": instance.port, "HostedZoneId": "Z29XKXDKYMONMX"}
    else:
        described.pop("Endpoint", None)
    described["DBInstancePort"] = 0
    described["ActivityStreamStatus"] = "stopped"
    if instance.shown["MultiAZ"] and getattr(instance, "ready", False):
        described["SecondaryAvailabilityZone"] = next(
            (s.availability_zone for s in instance.db_subnet_group._subnets if s.availability_zone != described.get("AvailabilityZone")),
            f"{instance.region}b",
        )


@amends("rds", "DescribeDBInstances")
def describe_all(call: Call, answer: dict) -> None:
    databases = rds_backends[call.account][call.region].databases
    for described in answer["DBInstances"]:
        describe(databases[described["DBInstanceIdentifier"]], described)


def described(instance: DBInstance, call: Call) -> dict:
    """As DescribeDBInstances shows it, for answers that the emulator has no part in."""
    answer = {"DBInstanceIdentifier": instance.db_instance_identifier, "Engine": instance.engine, "DBInstanceArn": instance.arn}
    answer |= {"InstanceCreateTime": instance.created, "TagList": instance.tags}
    describe(instance, answer)
    return {"DBInstance": answer}


@answers("rds", "DeleteDBInstance")
def delete_db_instance(call: Call) -> dict:
    instance, given = find_instance(call), call.params
    name, final = instance.db_instance_identifier, given.get("FinalDBSnapshotIdentifier")
    rds = rds_backends[call.account][call.region]
    if instance.status == "deleting":
        raise AwsError("InvalidDBInstanceState", f"Instance {name} is already being deleted.")
    if instance.shown["DeletionProtection"]:
        raise combination("Cannot delete protected DB Instance, please disable deletion protection and try again.")
    if given.get("SkipFinalSnapshot") and final:
        raise combination("FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is true.")
    if not given.get("SkipFinalSnapshot") and not final:
        raise combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if instance.status in ("creating", "modifying", "backing-up"):
        raise AwsError("InvalidDBInstanceState", f"Database instance {name} is not in available state.")
    if final:
        check_identifier(final, "FinalDBSnapshotIdentifier")
        if final in rds.database_snapshots:
            raise AwsError("DBSnapshotAlreadyExists", f"Cannot create the snapshot because a snapshot with the identifier {final} already exists.")
    instance.status = "deleting"
    if final:
        take(rds, name, final)
        clock.after("rds snapshot create", lambda: clock.after("rds instance delete", lambda: vanish(rds, instance)))
    else:
        clock.after("rds instance delete", lambda: vanish(rds, instance))
    return described(instance, call)


def vanish(rds, instance: DBInstance) -> None:
    remove_interfaces(instance)
    servers.remove(instance)
    instance.deletion_protection = False
    rds.delete_db_instance(instance.db_instance_identifier, skip_final_snapshot=True)

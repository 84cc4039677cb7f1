"""Changes of an instance: at once, in the maintenance window, or refused."""

from moto.rds.models import DBInstance

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rds import servers
from sandbox.aws.rds.fields import shown
from sandbox.aws.rds.instances import become_available, described
from sandbox.aws.rds.network import regroup_interfaces, write_logs
from sandbox.aws.rds.request import check_class, check_exports, check_parameter_group, check_password, check_security_groups, combination, find_instance
from sandbox.aws.rds.versions import family, resolve, targets
from sandbox.aws.rules import answers

LATER = {"DBInstanceClass", "EngineVersion", "AllocatedStorage", "StorageType", "Iops", "StorageThroughput", "MultiAZ", "MasterUserPassword"}
"""What waits for the maintenance window unless ApplyImmediately is given."""


@answers("rds", "ModifyDBInstance")
def modify_db_instance(call: Call) -> dict:
    instance, given = find_instance(call), call.params
    if instance.status != "available":
        raise AwsError("InvalidDBInstanceState", f"Database instance {instance.db_instance_identifier} is not in available state.")
    check_changes(call, instance, given)
    wanted = {key: value for key, value in shown(given).items() if instance.shown.get(key) != value}
    exports = given.get("CloudwatchLogsExportConfiguration") or {}
    if exports:
        check_exports(exports.get("EnableLogTypes") or [])
        kept = set(instance.shown.get("EnabledCloudwatchLogsExports") or ()) - set(exports.get("DisableLogTypes") or ())
        wanted["EnabledCloudwatchLogsExports"] = sorted(kept | set(exports.get("EnableLogTypes") or ()))
    now = dict(wanted) if given.get("ApplyImmediately") else {key: value for key, value in wanted.items() if key not in LATER}
    instance.pending = {key: value for key, value in wanted.items() if key not in now}
    if now or (given.get("MasterUserPassword") and given.get("ApplyImmediately")):
        clock.after(30, lambda: begin(instance, now))
        clock.after(lasting(instance, now), lambda: apply(instance, now))
    if password := given.get("MasterUserPassword"):
        clock.after("rds instance modify", lambda: servers.set_password(instance, password))
    if instance.pending:
        pending = dict(instance.pending)
        clock.after(7 * 24 * 3600, lambda: apply(instance, pending))
    if "DeletionProtection" in now:
        instance.shown["DeletionProtection"] = now["DeletionProtection"]
    return described(instance, call)


def begin(instance: DBInstance, changes: dict) -> None:
    if instance.status == "available":
        instance.status = "upgrading" if "EngineVersion" in changes else "modifying"


def lasting(instance: DBInstance, changes: dict) -> str:
    """The event a change takes as long as."""
    if "EngineVersion" not in changes:
        return "rds instance modify"
    return f"rds instance {'minor' if family(changes['EngineVersion']) == family(instance.shown['EngineVersion']) else 'major'} version"


def apply(instance: DBInstance, changes: dict) -> None:
    if instance.status == "deleting":
        return
    instance.shown |= changes
    instance.pending = {key: value for key, value in instance.pending.items() if key not in changes}
    for group in changes.get("DBParameterGroups", ()):
        instance.db_parameter_group_name = group["DBParameterGroupName"]
    if "VpcSecurityGroups" in changes or "MultiAZ" in changes:
        regroup_interfaces(instance)
    write_logs(instance)
    become_available(instance)


def check_changes(call: Call, instance: DBInstance, given: dict) -> None:
    if given.get("DBInstanceClass"):
        check_class(given["DBInstanceClass"])
    if given.get("MasterUserPassword"):
        check_password(given["MasterUserPassword"])
    current = instance.shown
    if given.get("EngineVersion"):
        given["EngineVersion"] = check_upgrade(current["EngineVersion"], given["EngineVersion"], given.get("AllowMajorVersionUpgrade"))
        check_own_group(instance, given)
    check_parameter_group(call, given.get("DBParameterGroupName"), given.get("EngineVersion") or current["EngineVersion"])
    size = given.get("AllocatedStorage")
    if size and size < current["AllocatedStorage"]:
        raise combination(f"Requested storage size ({size}) cannot be less than the current storage size ({current['AllocatedStorage']}).")
    most = given.get("MaxAllocatedStorage")
    if most and most < (size or current["AllocatedStorage"]):
        raise combination("Max storage size must be greater than storage size")
    check_security_groups(call, given.get("VpcSecurityGroupIds") or [], instance.db_subnet_group.vpc_id)


def check_own_group(instance: DBInstance, given: dict) -> None:
    """A parameter group of one's own is of a family: another major version needs another group."""
    name, wanted = instance.db_parameter_group_name, family(given["EngineVersion"])
    if name and not name.startswith("default.") and not given.get("DBParameterGroupName") and wanted != family(instance.shown["EngineVersion"]):
        cure = f"specify a DBParameterGroup of family {wanted} in the same request"
        raise combination(f"Current Parameter Group ({name}) is non-default. You need to explicitly specify a new Parameter Group in this case: {cure}")


def check_upgrade(current: str, wanted: str, major: bool | None) -> str:
    if wanted == current.split(".")[0]:
        return current
    version = resolve(wanted)
    if version != current and version not in targets(current):
        raise combination(f"Cannot upgrade postgres from {current} to {version}")
    if version.split(".")[0] != current.split(".")[0] and not major:
        raise combination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.")
    return version


@answers("rds", "RebootDBInstance")
def reboot_db_instance(call: Call) -> dict:
    instance = find_instance(call)
    if instance.status != "available":
        raise AwsError("InvalidDBInstanceState", f"Database instance {instance.db_instance_identifier} is not in available state.")
    instance.status = "rebooting"
    clock.after(60, lambda: become_available(instance))
    return described(instance, call)

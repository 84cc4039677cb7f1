"""EFS: file systems and mount targets that come and go in time."""

from moto.ec2.models import ec2_backends
from moto.efs.models import EFSBackend, efs_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.repeats import either
from sandbox.aws.rules import amends, answers, refuses


def efs_of(call: Call) -> EFSBackend:
    return efs_backends[call.account][call.region]


def find_file_system(call: Call):
    number = call.params["FileSystemId"].rpartition("/")[2]
    if number not in efs_of(call).file_systems_by_id:
        raise AwsError("FileSystemNotFound", f"File system '{number}' does not exist.", status=404)
    return efs_of(call).file_systems_by_id[number]


@amends("efs", "CreateFileSystem")
def begin_file_system(call: Call, answer: dict) -> None:
    system = efs_of(call).file_systems_by_id[answer["FileSystemId"]]
    system.life_cycle_state = answer["LifeCycleState"] = "creating"
    clock.after("efs file system create", lambda: setattr(system, "life_cycle_state", "available"))


@refuses("efs", "CreateMountTarget", "CreateAccessPoint", "PutLifecycleConfiguration", "UpdateFileSystem", "PutBackupPolicy")
def require_available(call: Call) -> None:
    system = find_file_system(call)
    if system.life_cycle_state != "available":
        raise AwsError("IncorrectFileSystemLifeCycleState", f"None available. File system '{system.file_system_id}' is {system.life_cycle_state}", status=409)


@amends("efs", "CreateMountTarget")
def begin_mount_target(call: Call, answer: dict) -> None:
    target = efs_of(call).mount_targets_by_id[answer["MountTargetId"]]
    target.life_cycle_state = answer["LifeCycleState"] = "creating"
    interface = ec2_backends[call.account][call.region].enis[target.network_interface_id]
    interface.description = f"EFS mount target for {target.file_system_id} ({target.mount_target_id})"
    interface.requester_managed, interface.status = True, "in-use"

    def finish() -> None:
        if target.life_cycle_state == "creating":
            target.life_cycle_state = "available"

    clock.after("efs mount target create", finish)


@answers("efs", "DeleteMountTarget")
def delete_mount_target(call: Call) -> dict:
    efs, number = efs_of(call), call.params["MountTargetId"]
    target = efs.mount_targets_by_id.get(number)
    if target is None:
        raise AwsError("MountTargetNotFound", f"Mount target '{number}' does not exist.", status=404)
    if target.life_cycle_state == "deleting":
        either(call, number, AwsError("BadRequest", f"Mount target '{number}' is in life cycle state 'deleting'.", status=400))
        return {}
    target.life_cycle_state = "deleting"
    clock.after("efs mount target delete", lambda: efs.delete_mount_target(number))
    return {}


@refuses("efs", "DeleteFileSystem")
def keep_mounted(call: Call) -> None:
    system = find_file_system(call)
    if system.number_of_mount_targets:
        raise AwsError("FileSystemInUse", f"FileSystem {system.file_system_id} has mount targets, and cannot be deleted", status=409)
    if system.life_cycle_state == "deleting":
        either(call, system.file_system_id, AwsError("BadRequest", f"File system '{system.file_system_id}' is in life cycle state 'deleting'.", status=400))


@answers("efs", "DeleteFileSystem")
def delete_file_system(call: Call) -> dict:
    efs, system = efs_of(call), find_file_system(call)
    number = system.file_system_id
    for point in [name for name, point in efs.access_points.items() if point.file_system_id == number]:
        del efs.access_points[point]
    if system.life_cycle_state != "deleting":
        system.life_cycle_state = "deleting"
        clock.after("efs file system delete", lambda: efs.delete_file_system(number))
    return {}


@refuses("efs", "ModifyMountTargetSecurityGroups")
def require_available_target(call: Call) -> None:
    target = efs_of(call).mount_targets_by_id.get(call.params["MountTargetId"])
    if target and target.life_cycle_state != "available":
        message = f"Mount target {target.mount_target_id} is {target.life_cycle_state}"
        raise AwsError("IncorrectMountTargetState", message, status=409)


@answers("efs", "PutBackupPolicy")
def put_backup_policy(call: Call) -> dict:
    """Enabling and disabling are done at once."""
    system = find_file_system(call)
    system.backup_policy = {"Status": call.params["BackupPolicy"]["Status"]}
    return {"BackupPolicy": system.backup_policy}


@answers("efs", "UpdateFileSystem")
def update_file_system(call: Call) -> dict:
    system, given = find_file_system(call), call.params
    mode = given.get("ThroughputMode") or system.throughput_mode
    if mode == "provisioned" and not given.get("ProvisionedThroughputInMibps"):
        raise AwsError("BadRequest", "ProvisionedThroughputInMibps is required with the provisioned throughput mode", status=400)
    system.throughput_mode = mode
    if given.get("ProvisionedThroughputInMibps"):
        system.provisioned_throughput_in_mibps = given["ProvisionedThroughputInMibps"]
    return system.info_json()

"""Instances that are stopped and started: each takes its time, and a server that is stopped cannot be reached."""

from moto.rds.models import DBInstance

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rds import servers
from sandbox.aws.rds.instances import SOON, become_available, described, host
from sandbox.aws.rds.request import check_identifier, find_instance
from sandbox.aws.rds.snapshots import take
from sandbox.aws.rules import answers

STOPPING, STARTING = 240, 300
"""How long each takes (AWS's seconds)."""


@answers("rds", "StopDBInstance")
def stop_db_instance(call: Call) -> dict:
    instance, snapshot = find_instance(call), call.params.get("DBSnapshotIdentifier")
    if instance.status != "available":
        raise AwsError("InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is not in available state.")
    if snapshot:
        check_identifier(snapshot, "DBSnapshotIdentifier")
        take(instance.backend, instance.db_instance_identifier, snapshot)
    instance.status = "stopping"
    servers.stop(instance)
    clock.after(STOPPING, lambda: setattr(instance, "status", "stopped"))
    return described(instance, call)


@answers("rds", "StartDBInstance")
def start_db_instance(call: Call) -> dict:
    instance = find_instance(call)
    if instance.status != "stopped":
        raise AwsError("InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is not stopped, it cannot be started.")
    instance.status = "starting"
    servers.start(instance, host(instance))
    clock.after(STARTING, lambda: come_up(instance))
    return described(instance, call)


def come_up(instance: DBInstance) -> None:
    if servers.settled(instance):
        become_available(instance)
    else:
        clock.after(SOON, lambda: come_up(instance))

"""An instance that is made of a snapshot: its own name and network, the snapshot's data, master and version."""

from moto.rds.models import rds_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rds import servers
from sandbox.aws.rds.instances import bring_up, described, host
from sandbox.aws.rds.request import check_class, check_identifier, check_network, check_parameter_group
from sandbox.aws.rules import answers


@answers("rds", "RestoreDBInstanceFromDBSnapshot")
def restore_db_instance_from_db_snapshot(call: Call) -> dict:
    given, rds = call.params, rds_backends[call.account][call.region]
    check_identifier(given["DBInstanceIdentifier"], "DBInstanceIdentifier")
    name, source = given["DBInstanceIdentifier"].lower(), given["DBSnapshotIdentifier"].rpartition(":")[2]
    if name in rds.databases:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    snapshot = rds.database_snapshots.get(source)
    if snapshot is None:
        raise AwsError("DBSnapshotNotFound", f"DBSnapshot not found: {source}", status=404)
    if snapshot.status != "available":
        raise AwsError("InvalidDBSnapshotState", f"The DB snapshot {source} is not in an available state")
    if given.get("DBInstanceClass"):
        check_class(given["DBInstanceClass"])
    check_network(call)
    check_parameter_group(call, given.get("DBParameterGroupName"), snapshot.shown["EngineVersion"])
    kept = {key: value for key, value in snapshot.shown.items() if key != "Encrypted"} | {"StorageEncrypted": snapshot.shown["Encrypted"]}
    wanted = {"DBInstanceClass": snapshot.database.db_instance_class} | kept | {key: value for key, value in given.items() if value is not None}
    groups = given.get("VpcSecurityGroupIds") or []
    instance = rds.create_db_instance(
        {
            "db_instance_identifier": name,
            "db_instance_class": wanted["DBInstanceClass"],
            "engine": "postgres",
            "engine_version": wanted["EngineVersion"],
            "allocated_storage": wanted["AllocatedStorage"],
            "master_username": wanted["MasterUsername"],
            "db_subnet_group_name": given.get("DBSubnetGroupName"),
            "vpc_security_group_ids": groups,
            "port": given.get("Port"),
            "tags": given.get("Tags") or [],
        }
    )
    bring_up(instance, wanted, [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups])
    servers.restore(instance, host(instance), wanted["MasterUsername"], source)
    return described(instance, call)

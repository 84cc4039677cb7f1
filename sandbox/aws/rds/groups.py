"""Subnet groups and parameter groups: over two zones, of the right family, kept while used."""

import re
from collections.abc import Iterator

from moto.core.resource_tagging import TaggedResource
from moto.ec2.models import ec2_backends
from moto.rds.models import RDSBackend, rds_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rds.request import combination, invalid
from sandbox.aws.rds.versions import VERSIONS
from sandbox.aws.rules import amends, answers, refuses

STATIC = {"max_connections", "shared_buffers", "shared_preload_libraries", "rds.logical_replication", "max_wal_senders", "wal_buffers"}
STATIC |= {"max_worker_processes", "track_activity_query_size", "max_locks_per_transaction", "max_prepared_transactions", "huge_pages"}
DEFAULTS = {
    "rds.force_ssl": ("1", "boolean"),
    "log_min_duration_statement": (None, "integer"),
    "log_connections": (None, "boolean"),
    "max_connections": ("LEAST({DBInstanceClassMemory/9531392},5000)", "integer"),
    "shared_buffers": ("{DBInstanceClassMemory/32768}", "integer"),
    "idle_in_transaction_session_timeout": ("86400000", "integer"),
    "password_encryption": (None, "string"),
    "rds.logical_replication": ("0", "boolean"),
}


told_without_groups = RDSBackend.iter_tagged_resources


def told(backend: RDSBackend) -> Iterator[TaggedResource]:
    """What the tagging API tells: subnet groups and parameter groups too, which the emulator leaves out."""
    yield from told_without_groups(backend)
    for kind, groups in (("rds:subgrp", backend.subnet_groups), ("rds:pg", backend.db_parameter_groups)):
        for group in groups.values():
            if group.tags:
                yield TaggedResource(group.arn, {tag["Key"]: tag["Value"] for tag in group.tags}, kind)


RDSBackend.iter_tagged_resources = told


@refuses("rds", "CreateDBSubnetGroup", "ModifyDBSubnetGroup")
def check_subnets(call: Call) -> None:
    name = call.params["DBSubnetGroupName"]
    if name.lower() == "default" or not re.fullmatch(r"[A-Za-z0-9._ -]{1,255}", name):
        raise invalid(f"The parameter DBSubnetGroupName is not a valid identifier: {name}")
    if call.action == "CreateDBSubnetGroup" and name.lower() in rds_backends[call.account][call.region].subnet_groups:
        raise AwsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name.lower()}' already exists.")
    known = {subnet.id: subnet for subnet in ec2_backends[call.account][call.region].describe_subnets()}
    missing = [subnet for subnet in call.params["SubnetIds"] if subnet not in known]
    if missing:
        raise AwsError("InvalidSubnet", f"The requested subnet {missing} is invalid.")
    subnets = [known[subnet] for subnet in call.params["SubnetIds"]]
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise AwsError("InvalidSubnet", "Subnets must all be in the same VPC")
    zones = sorted({subnet.availability_zone for subnet in subnets})
    if len(zones) < 2:
        coverage = f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs."
        message = f"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. {coverage}"
        raise AwsError("DBSubnetGroupDoesNotCoverEnoughAZs", message)


@refuses("rds", "DeleteDBSubnetGroup")
def keep_used_subnet_groups(call: Call) -> None:
    name, rds = call.params["DBSubnetGroupName"].lower(), rds_backends[call.account][call.region]
    for instance in rds.databases.values():
        group = getattr(instance, "db_subnet_group", None)
        if group and group.name == name:
            reason = f"at least one database instance: {instance.db_instance_identifier} is still using it"
            raise AwsError("InvalidDBSubnetGroupStateFault", f"Cannot delete the subnet group '{name}' because {reason}.")


@refuses("rds", "CreateDBParameterGroup")
def check_family(call: Call) -> None:
    name, family = call.params["DBParameterGroupName"], call.params["DBParameterGroupFamily"]
    if not re.fullmatch(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,254}(?<!-)", name):
        raise invalid("The parameter DBParameterGroupName is not a valid identifier.")
    if family.removeprefix("postgres") not in VERSIONS:
        raise invalid(f"ParameterGroupFamily {family} is not a valid parameter group family")


@refuses("rds", "DeleteDBParameterGroup")
def keep_used_parameter_groups(call: Call) -> None:
    name, rds = call.params["DBParameterGroupName"].lower(), rds_backends[call.account][call.region]
    if name.startswith("default."):
        raise AwsError("InvalidDBParameterGroupState", f"Default DBParameterGroup cannot be deleted: {name}")
    for instance in rds.databases.values():
        if any(group["DBParameterGroupName"] == name for group in getattr(instance, "shown", {}).get("DBParameterGroups", ())):
            message = f"One or more database instances are still members of this parameter group {name}, so the group cannot be deleted"
            raise AwsError("InvalidDBParameterGroupState", message)


@refuses("rds", "ModifyDBParameterGroup")
def check_parameters(call: Call) -> None:
    if call.params["DBParameterGroupName"].startswith("default."):
        raise AwsError("InvalidDBParameterGroupState", "Default parameter groups cannot be modified")
    for parameter in call.params["Parameters"]:
        name = parameter["ParameterName"]
        if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", name):
            raise invalid(f"Could not find parameter with name: {name}")
        if name in STATIC and parameter.get("ApplyMethod") == "immediate":
            raise combination(f"cannot use immediate apply method for static parameter {name}")


@answers("rds", "ResetDBParameterGroup")
def reset_db_parameter_group(call: Call) -> dict:
    name = call.params["DBParameterGroupName"].lower()
    group = rds_backends[call.account][call.region].db_parameter_groups.get(name)
    if group is None:
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", status=404)
    doomed = [parameter["ParameterName"] for parameter in call.params.get("Parameters") or ()]
    if call.params.get("ResetAllParameters"):
        doomed = list(group.parameters)
    for parameter in doomed:
        group.parameters.pop(parameter, None)
    return {"DBParameterGroupName": name}


@amends("rds", "DescribeDBParameters")
def show_all_parameters(call: Call, answer: dict) -> None:
    """Those that were set are the user's; the others are the engine's or the system's."""
    given = {parameter["ParameterName"]: parameter for parameter in answer["Parameters"]}
    everything = []
    for name in sorted({*given, *DEFAULTS}):
        value, kind = DEFAULTS.get(name, (None, "string"))
        parameter = {"ParameterName": name, "DataType": kind, "IsModifiable": True, "Description": name.replace("_", " ")}
        parameter |= {"ApplyType": "static" if name in STATIC else "dynamic", "ApplyMethod": "pending-reboot"}
        parameter |= {"Source": "user"} | given[name] if name in given else {"Source": "system" if value else "engine-default"}
        if name not in given and value:
            parameter["ParameterValue"] = value
        everything.append(parameter)
    wanted = call.params.get("Source")
    answer["Parameters"] = [parameter for parameter in everything if wanted in (None, parameter["Source"])]

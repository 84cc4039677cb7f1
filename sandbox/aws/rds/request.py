"""What RDS checks before it makes an instance."""

import re

from moto.ec2.models import ec2_backends
from moto.rds.models import DBInstance, rds_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rds.versions import family, resolve
from sandbox.aws.rules import refuses

RESERVED = {"admin", "rdsadmin", "rds_superuser", "rds_replication", "rds_password", "rdsrepladmin", "rdsproxyadmin", "user", "public"}
RESERVED |= {"authorization", "default", "group", "role", "select", "table", "where", "current_user", "session_user", "none"}
CLASS = re.compile(r"db\.(t3|t4g|m5|m5d|m6g|m6gd|m6i|m6id|m7g|m7i|m8g|r5|r5b|r5d|r6g|r6gd|r6i|r6id|r7g|r7i|r8g|x2g)\.(micro|small|medium|\d*x?large)")
EXPORTS = {"postgresql", "upgrade", "iam-db-auth-error"}


def find_instance(call: Call) -> DBInstance:
    name = call.params["DBInstanceIdentifier"].lower()
    instances = rds_backends[call.account][call.region].databases
    if name not in instances:
        raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", status=404)
    return instances[name]


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValue", message)


def combination(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


@refuses("rds", "CreateDBInstance")
def check_request(call: Call) -> None:
    given = call.params
    check_identifier(given["DBInstanceIdentifier"], "DBInstanceIdentifier")
    if given["DBInstanceIdentifier"].lower() in rds_backends[call.account][call.region].databases:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    if given.get("Engine") != "postgres":
        raise combination(f"the sandbox plays RDS for PostgreSQL, not {given.get('Engine')}")
    if given.get("DBName") and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", given["DBName"]):
        raise invalid("DBName must begin with a letter and contain only alphanumeric characters.")
    check_master(given)
    check_storage(given)
    check_class(given["DBInstanceClass"])
    call.params["EngineVersion"] = resolve(given.get("EngineVersion"))
    check_parameter_group(call, given.get("DBParameterGroupName"), call.params["EngineVersion"])
    check_exports(given.get("EnableCloudwatchLogsExports") or [])
    check_network(call)
    call.given = dict(call.params)


def check_identifier(name: str, parameter: str) -> None:
    if not re.fullmatch(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,62}(?<!-)", name):
        rule = (
            "must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens"
        )
        raise invalid(f"The parameter {parameter} is not a valid identifier. Identifiers {rule}.")


def check_master(given: dict) -> None:
    user, password = given.get("MasterUsername"), given.get("MasterUserPassword")
    if not user:
        raise invalid("The parameter MasterUsername must be provided and must not be blank.")
    if user.lower() in RESERVED or user.lower().startswith("pg_"):
        raise invalid(f"MasterUsername {user} cannot be used as it is a reserved word used by the engine")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", user):
        raise invalid("The parameter MasterUsername is not a valid identifier.")
    if given.get("ManageMasterUserPassword"):
        if password:
            raise combination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.")
        return
    check_password(password)


def check_password(password: str | None) -> None:
    if not password:
        raise invalid("The parameter MasterUserPassword must be provided and must not be blank.")
    if len(password) < 8:
        raise invalid("The parameter MasterUserPassword is not a valid password because it is shorter than 8 characters.")
    if len(password) > 128:
        raise invalid("The parameter MasterUserPassword is not a valid password because it is longer than 128 characters.")
    if re.search(r"[/@\" ]|[^\x21-\x7e]", password):
        rule = "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
        raise invalid(f"The parameter MasterUserPassword is not a valid password. {rule}")


def check_storage(given: dict) -> None:
    size, kind = given.get("AllocatedStorage"), given.get("StorageType") or "gp3"
    if size is None:
        raise invalid("The parameter AllocatedStorage must be provided and must not be blank.")
    if not (100 if kind.startswith("io") else 20) <= size <= 65536:
        raise combination(f"Invalid storage size for engine name postgres and storage type {kind}: {size}")
    if given.get("MaxAllocatedStorage") and given["MaxAllocatedStorage"] < size:
        raise combination("Max storage size must be greater than storage size")
    if kind == "gp3" and size < 400 and (given.get("Iops") or given.get("StorageThroughput")):
        raise combination("You can't specify IOPS or storage throughput for engine postgres and a storage size less than 400.")
    if given.get("KmsKeyId") and not given.get("StorageEncrypted"):
        raise combination("You must enable encryption to use a KMS key")
    if not 0 <= (given.get("BackupRetentionPeriod") or 0) <= 35:
        raise invalid(f"Invalid backup retention period: {given['BackupRetentionPeriod']}. Retention period must be between 0 and 35")


def check_class(name: str) -> None:
    if not CLASS.fullmatch(name):
        raise invalid(f"Invalid DB Instance class: {name}")


def check_parameter_group(call: Call, name: str | None, version: str) -> None:
    if not name or name.startswith("default."):
        return
    group = rds_backends[call.account][call.region].db_parameter_groups.get(name)
    if group is None:
        raise AwsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", status=404)
    if group.family != family(version):
        cure = f"Please use a Parameter Group with DBParameterGroupFamily {family(version)}"
        raise combination(f"The Parameter Group {name} with DBParameterGroupFamily {group.family} can't be used for this instance. {cure}")


def check_exports(kinds: list[str]) -> None:
    unknown = set(kinds) - EXPORTS
    if unknown:
        raise combination(f"You cannot use the log types '{', '.join(sorted(unknown))}' with engine version postgres")


def check_network(call: Call) -> None:
    given, rds = call.params, rds_backends[call.account][call.region]
    name = (given.get("DBSubnetGroupName") or "").lower()
    if name and name not in rds.subnet_groups:
        raise AwsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name}' does not exist.", status=404)
    vpc = rds.subnet_groups[name].vpc_id if name else ec2_backends[call.account][call.region].default_vpc.id
    check_security_groups(call, given.get("VpcSecurityGroupIds") or [], vpc)


def check_security_groups(call: Call, numbers: list[str], vpc: str) -> None:
    ec2 = ec2_backends[call.account][call.region]
    for number in numbers:
        group = ec2.get_security_group_from_id(number)
        if group is None:
            raise invalid(f"Invalid security group , groupId= {number}, groupName=.")
        if group.vpc_id != vpc:
            where = f"The DB instance is in {vpc} and the EC2 security group is in {group.vpc_id}"
            raise combination(f"The DB instance and EC2 security group are in different VPCs. {where}")

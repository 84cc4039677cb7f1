"""Where RDS offers its instance classes: in the zones where EC2 offers the type underneath."""

from moto.rds.models import rds_backends

from sandbox.aws.call import Call
from sandbox.aws.ec2.zones import offering
from sandbox.aws.errors import AwsError
from sandbox.aws.rds.request import CLASS, combination
from sandbox.aws.rds.versions import ALL, resolve
from sandbox.aws.rules import answers, refuses


def zones_of(call: Call, name: str) -> list[str]:
    return offering(call.account, call.region, name.removeprefix("db.")) if CLASS.fullmatch(name) else []


@answers("rds", "DescribeOrderableDBInstanceOptions")
def describe_orderable_db_instance_options(call: Call) -> dict:
    given, name = call.params, call.params.get("DBInstanceClass") or "db.m6g.large"
    zones = zones_of(call, name) if given["Engine"] == "postgres" else []
    versions = [version for version in ALL if given.get("EngineVersion") in (None, version)]
    return {"OrderableDBInstanceOptions": [option(name, version, storage, zones) for version in versions for storage in ("gp2", "gp3") if zones]}


def option(name: str, version: str, storage: str, zones: list[str]) -> dict:
    return {
        "Engine": "postgres",
        "EngineVersion": version,
        "DBInstanceClass": name,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        "MultiAZCapable": len(zones) > 1,
        "Vpc": True,
        "StorageType": storage,
        "SupportsStorageEncryption": True,
        "SupportsStorageAutoscaling": True,
    }


@refuses("rds", "CreateDBInstance", "ModifyDBInstance")
def check_offers(call: Call) -> None:
    given, rds = call.params, rds_backends[call.account][call.region]
    name = given.get("DBInstanceClass")
    instance = rds.databases.get(given["DBInstanceIdentifier"].lower())
    group = rds.subnet_groups.get((given.get("DBSubnetGroupName") or "").lower()) or getattr(instance, "db_subnet_group", None)
    if not name or not CLASS.fullmatch(name):
        return
    offered = zones_of(call, name)
    if not offered:
        version = resolve(given.get("EngineVersion") or (instance and instance.shown["EngineVersion"]))
        asked = f"DBInstanceClass={name}, Engine=postgres, EngineVersion={version}, LicenseModel=postgresql-license"
        cure = "For supported combinations of instance class and database engine version, see the documentation."
        raise combination(f"RDS does not support creating a DB instance with the following combination: {asked}. {cure}")
    wanted = 2 if given.get("MultiAZ") else 1
    if group and len({subnet.availability_zone for subnet in group._subnets} & set(offered)) < wanted:
        message = f"Cannot create a {name} database instance because there are no availability zones with sufficient capacity for VPC"
        raise AwsError("InsufficientDBInstanceCapacity", f"{message} and storage type : gp3 for {name}. Please try the request again at a later time.")

"""RDS for PostgreSQL: states, every field kept, refusals."""

import pytest
from aws_world import World, at_aws_pace, refused, wait

PASSWORD = "long-enough-1"


@pytest.fixture(scope="module")
def world(aws):
    return World(aws)


@pytest.fixture(scope="module")
def rds(world):
    client = world.aws("rds")
    client.create_db_subnet_group(DBSubnetGroupName=world.name, DBSubnetGroupDescription="d", SubnetIds=world.subnets)
    client.create_db_parameter_group(DBParameterGroupName=world.name, DBParameterGroupFamily="postgres17", Description="d")
    return client


@pytest.fixture(scope="module")
def request_of(world, rds):
    group = world.group("database")

    def request(**changes) -> dict:
        return {
            "DBInstanceIdentifier": world.name,
            "Engine": "postgres",
            "EngineVersion": "17",
            "DBInstanceClass": "db.m7g.large",
            "AllocatedStorage": 100,
            "MaxAllocatedStorage": 200,
            "StorageType": "gp3",
            "StorageEncrypted": True,
            "MasterUsername": "airflow",
            "MasterUserPassword": PASSWORD,
            "DBName": "airflow",
            "MultiAZ": True,
            "DBSubnetGroupName": world.name,
            "DBParameterGroupName": world.name,
            "VpcSecurityGroupIds": [group],
            "BackupRetentionPeriod": 7,
            "PreferredBackupWindow": "02:00-03:00",
            "PreferredMaintenanceWindow": "Sun:04:00-Sun:05:00",
            "DeletionProtection": True,
            "CopyTagsToSnapshot": True,
            "EnablePerformanceInsights": True,
            "EnableCloudwatchLogsExports": ["postgresql"],
            "CACertificateIdentifier": "rds-ca-rsa4096-g1",
            "AutoMinorVersionUpgrade": False,
            "PubliclyAccessible": False,
            "Tags": [{"Key": "a", "Value": "b"}],
        } | changes

    return request


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DBInstanceIdentifier": "ends-"}, "InvalidParameterValue"),
        ({"MasterUsername": "admin"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with/slash-in-it"}, "InvalidParameterValue"),
        ({"DBName": "1airflow"}, "InvalidParameterValue"),
        ({"AllocatedStorage": 5}, "InvalidParameterCombination"),
        ({"MaxAllocatedStorage": 50}, "InvalidParameterCombination"),
        ({"EngineVersion": "9.9"}, "InvalidParameterCombination"),
        ({"EngineVersion": "16"}, "InvalidParameterCombination"),
        ({"DBInstanceClass": "db.huge"}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "none"}, "DBParameterGroupNotFound"),
        ({"VpcSecurityGroupIds": ["sg-00000000000000000"]}, "InvalidParameterValue"),
        ({"EnableCloudwatchLogsExports": ["error"]}, "InvalidParameterCombination"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
    ],
)
def test_create_checks_its_request(rds, request_of, change, code):
    with refused(code):
        rds.create_db_instance(**request_of(**change))


def test_groups_are_checked(world, rds):
    with refused("DBSubnetGroupDoesNotCoverEnoughAZs"):
        rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="d", SubnetIds=world.subnets[:1])
    with refused("DBSubnetGroupAlreadyExists"):
        rds.create_db_subnet_group(DBSubnetGroupName=world.name, DBSubnetGroupDescription="d", SubnetIds=world.subnets)
    with refused("InvalidParameterValue"):
        rds.create_db_parameter_group(DBParameterGroupName="one", DBParameterGroupFamily="postgres3", Description="d")
    static = {"ParameterName": "max_connections", "ParameterValue": "100", "ApplyMethod": "immediate"}
    with refused("InvalidParameterCombination"):
        rds.modify_db_parameter_group(DBParameterGroupName=world.name, Parameters=[static])
    wanted = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName=world.name, Parameters=[wanted])
    parameters = rds.describe_db_parameters(DBParameterGroupName=world.name, Source="user")["Parameters"]
    assert [(p["ParameterName"], p["ParameterValue"], p["Source"]) for p in parameters] == [("rds.force_ssl", "1", "user")]
    assert len(rds.describe_db_parameters(DBParameterGroupName=world.name)["Parameters"]) > 1


def test_the_tagging_api_tells_groups_too(world, rds):
    tags = [{"Key": "team", "Value": world.name}]
    group = {"DBParameterGroupFamily": "postgres16", "Description": "d", "Tags": tags}
    made = [rds.create_db_parameter_group(DBParameterGroupName=f"{world.name}-told", **group)["DBParameterGroup"]["DBParameterGroupArn"]]
    subnets = {"DBSubnetGroupDescription": "d", "SubnetIds": world.subnets, "Tags": tags}
    made.append(rds.create_db_subnet_group(DBSubnetGroupName=f"{world.name}-told", **subnets)["DBSubnetGroup"]["DBSubnetGroupArn"])
    found = world.aws("resourcegroupstaggingapi").get_resources(TagFilters=[{"Key": "team", "Values": [world.name]}])["ResourceTagMappingList"]
    assert sorted(item["ResourceARN"] for item in found) == sorted(made)


def test_versions(rds):
    versions = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="17")["DBEngineVersions"]
    assert all(version["EngineVersion"].startswith("17.") for version in versions)
    assert rds.describe_db_engine_versions(Engine="postgres", DefaultOnly=True)["DBEngineVersions"][0]["EngineVersion"].startswith("17.")


def test_the_life_of_an_instance(world, rds, request_of):
    name = {"DBInstanceIdentifier": world.name}
    describe = lambda: rds.describe_db_instances(**name)["DBInstances"][0]  # noqa: E731
    status = lambda: describe()["DBInstanceStatus"]  # noqa: E731
    made = rds.create_db_instance(**request_of())["DBInstance"]
    assert made["DBInstanceStatus"] == "creating" and "Endpoint" not in made and made["EngineVersion"].startswith("17.")
    with refused("DBInstanceAlreadyExists"):
        rds.create_db_instance(**request_of())
    with refused("InvalidDBInstanceState"):
        rds.modify_db_instance(**name, BackupRetentionPeriod=8)
    wait(lambda: status() == "backing-up")
    wait(lambda: status() == "available")
    check_fields(describe(), request_of())
    logs = world.aws("logs").describe_log_groups(logGroupNamePrefix=f"/aws/rds/instance/{world.name}/")["logGroups"]
    assert [group["logGroupName"] for group in logs] == [f"/aws/rds/instance/{world.name}/postgresql"]
    with refused("DependencyViolation"):
        world.ec2.delete_subnet(SubnetId=world.subnets[0])
    with refused("DependencyViolation"):
        world.ec2.delete_security_group(GroupId=request_of()["VpcSecurityGroupIds"][0])
    with refused("InvalidDBSubnetGroupStateFault"):
        rds.delete_db_subnet_group(DBSubnetGroupName=world.name)
    with refused("InvalidDBParameterGroupState"):
        rds.delete_db_parameter_group(DBParameterGroupName=world.name)
    modify(world, rds, name, describe)
    delete(world, rds, name, status)


def check_fields(described, given):
    changed = {"EngineVersion", "PreferredMaintenanceWindow", "Engine"}
    for key in set(given) & set(described) - changed:
        assert described[key] == given[key], key
    assert described["PerformanceInsightsEnabled"] and described["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert described["PreferredMaintenanceWindow"] == "sun:04:00-sun:05:00"
    assert described["Endpoint"]["Address"].endswith(".eu-west-1.rds.amazonaws.com") and described["Endpoint"]["Port"] == 5432
    assert described["DBParameterGroups"][0]["DBParameterGroupName"] == given["DBParameterGroupName"]
    assert described["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == given["VpcSecurityGroupIds"][0]
    assert described["DBSubnetGroup"]["DBSubnetGroupName"] == given["DBSubnetGroupName"]
    assert described["TagList"] == given["Tags"]


def modify(world, rds, name, describe):
    with refused("InvalidParameterCombination", "cannot be less"):
        rds.modify_db_instance(**name, AllocatedStorage=50)
    with refused("InvalidParameterCombination", "AllowMajorVersionUpgrade"):
        rds.modify_db_instance(**name, EngineVersion="18")
    pending = rds.modify_db_instance(**name, DBInstanceClass="db.m7g.xlarge")["DBInstance"]
    assert pending["PendingModifiedValues"] == {"DBInstanceClass": "db.m7g.xlarge"} and pending["DBInstanceClass"] == "db.m7g.large"
    with at_aws_pace(world, 60):
        rds.modify_db_instance(**name, BackupRetentionPeriod=14, DBInstanceClass="db.m7g.2xlarge", ApplyImmediately=True)
        wait(lambda: describe()["DBInstanceStatus"] == "modifying")
    wait(lambda: describe()["DBInstanceStatus"] == "available")
    assert describe()["BackupRetentionPeriod"] == 14 and describe()["DBInstanceClass"] == "db.m7g.2xlarge"


def delete(world, rds, name, status):
    with refused("InvalidParameterCombination", "deletion protection"):
        rds.delete_db_instance(**name, SkipFinalSnapshot=True)
    with at_aws_pace(world, 60):
        rds.modify_db_instance(**name, DeletionProtection=False, ApplyImmediately=True)
        wait(lambda: status() == "modifying")
    wait(lambda: status() == "available")
    with refused("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required"):
        rds.delete_db_instance(**name)
    final = f"{world.name}-final"
    snapshot = lambda: rds.describe_db_snapshots(DBSnapshotIdentifier=final)["DBSnapshots"][0]  # noqa: E731
    with at_aws_pace(world, 60):
        assert rds.delete_db_instance(**name, FinalDBSnapshotIdentifier=final)["DBInstance"]["DBInstanceStatus"] == "deleting"
        with refused("InvalidDBInstanceState", "already being deleted"):
            rds.delete_db_instance(**name, SkipFinalSnapshot=True)
        assert snapshot()["Status"] == "creating"
    wait(lambda: snapshot()["Status"] == "available")
    assert snapshot()["Encrypted"] and snapshot()["TagList"] == [{"Key": "a", "Value": "b"}]

    def gone():
        try:
            return not status()
        except rds.exceptions.DBInstanceNotFoundFault:
            return True

    wait(gone)
    restore(world, rds, final)
    assert world.aws("logs").describe_log_groups(logGroupNamePrefix=f"/aws/rds/instance/{world.name}/")["logGroups"]
    rds.delete_db_subnet_group(DBSubnetGroupName=world.name)
    rds.delete_db_parameter_group(DBParameterGroupName=world.name)
    rds.delete_db_snapshot(DBSnapshotIdentifier=final)
    world.ec2.delete_subnet(SubnetId=world.subnets[0])


def restore(world, rds, snapshot):
    """An instance of a snapshot has its version, size, encryption and master, and its own name, network and class."""
    name = f"{world.name}-restored"
    request = {
        "DBInstanceIdentifier": name,
        "DBSnapshotIdentifier": snapshot,
        "DBSubnetGroupName": world.name,
        "VpcSecurityGroupIds": [world.group("restored")],
    }
    with refused("DBSnapshotNotFound"):
        rds.restore_db_instance_from_db_snapshot(**request | {"DBSnapshotIdentifier": "none"})
    begun = rds.restore_db_instance_from_db_snapshot(**request, DBInstanceClass="db.m6g.large")["DBInstance"]
    assert begun["DBInstanceStatus"] == "creating" and "Endpoint" not in begun
    with refused("DBInstanceAlreadyExists"):
        rds.restore_db_instance_from_db_snapshot(**request)
    found = lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]  # noqa: E731
    wait(lambda: found()["DBInstanceStatus"] == "available")
    assert found()["StorageEncrypted"] and found()["MasterUsername"] == "airflow" and found()["DBInstanceClass"] == "db.m6g.large"
    assert found()["EngineVersion"].startswith("17") and found()["Endpoint"]["Address"].startswith(f"{name}.")
    with refused("InvalidDBInstanceState", "not stopped"):
        rds.start_db_instance(DBInstanceIdentifier=name)
    assert rds.stop_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "stopping"
    wait(lambda: found()["DBInstanceStatus"] == "stopped")
    assert rds.start_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "starting"
    wait(lambda: found()["DBInstanceStatus"] == "available")
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    wait(lambda: not [known for known in rds.describe_db_instances()["DBInstances"] if known["DBInstanceIdentifier"] == name])

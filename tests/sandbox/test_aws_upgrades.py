"""Upgrades as AWS takes and refuses them: insights, a cluster's version up and back, what comes to nothing, PostgreSQL's targets."""

import pytest
from aws_world import World, refused, wait

GROUP = {"nodegroupName": "core"}


@pytest.fixture(scope="module")
def world(aws):
    """A cluster of 1.35 with a node group and the add-on that follows Kubernetes most closely."""
    world = World(aws)
    for addon in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent"):
        world.eks.create_addon(clusterName=world.cluster, addonName=addon)
    world.nodegroup()
    wait(lambda: world.nodegroup_status() == "ACTIVE")
    return world


@pytest.fixture
def faults(aws):
    yield lambda service, action: aws.ask("faults", {"faults": [{"service": service, "action": action, "kind": "failed"}]})
    aws.ask("faults", {"faults": []})


def refresh(world) -> None:
    world.eks.start_insights_refresh(clusterName=world.cluster)
    wait(lambda: world.eks.describe_insights_refresh(clusterName=world.cluster)["status"] == "COMPLETED")


def insights(world, **wanted) -> dict[str, str]:
    listed = world.eks.list_insights(clusterName=world.cluster, filter=wanted)["insights"]
    return {item["name"]: item["insightStatus"]["status"] for item in listed}


def moved(world, version: str) -> None:
    world.eks.update_nodegroup_version(clusterName=world.cluster, **GROUP, version=version)
    wait(lambda: world.nodegroup_status() == "ACTIVE")


def ended(world, update: dict, **of) -> dict:
    asked = {"name": world.cluster, "updateId": update["id"], **of}
    return wait(lambda: (now := world.eks.describe_update(**asked)["update"])["status"] != "InProgress" and now)


def test_what_only_begins_can_fail(aws):
    with pytest.raises(Exception, match="400|500"):
        aws.ask("faults", {"faults": [{"service": "ec2", "action": "CreateVpc", "kind": "failed"}]})


def test_insights_are_as_old_as_their_refresh(world, faults):
    assert insights(world, categories=["UPGRADE_READINESS"], kubernetesVersions=["1.36"]) == {
        "Kubelet version skew": "PASSING",
        "EKS add-on version compatibility": "WARNING",
        "Cluster health issues": "PASSING",
        "Deprecated APIs removed in Kubernetes v1.36": "PASSING",
    }
    assert insights(world, categories=["ROLLBACK_READINESS"]) == {}
    faults("eks", "StartInsightsRefresh")
    refresh(world)
    (name,) = insights(world, statuses=["ERROR"])
    (found,) = [item for item in world.eks.list_insights(clusterName=world.cluster)["insights"] if item["name"] == name]
    detail = world.eks.describe_insight(clusterName=world.cluster, id=found["id"])["insight"]["categorySpecificSummary"]["deprecationDetails"]
    assert detail[0]["stopServingVersion"] == "1.36"
    with refused("InvalidRequestException", "insights with status ERROR: Deprecated APIs"):
        world.eks.update_cluster_version(name=world.cluster, version="1.36")
    refresh(world)
    assert insights(world, statuses=["ERROR"]) == {}


def test_a_cluster_that_was_not_upgraded_cannot_be_rolled_back(world):
    with refused("InvalidStateException", "has not been upgraded in the last 7 days"):
        world.eks.update_cluster_version(name=world.cluster, version="1.34")


@pytest.mark.parametrize(
    ("action", "begin", "of", "code"),
    [
        ("UpdateAddon", lambda world: world.eks.update_addon(clusterName=world.cluster, addonName="vpc-cni", resolveConflicts="OVERWRITE"), "vpc-cni", "In"),
        ("UpdateNodegroupVersion", lambda world: world.eks.update_nodegroup_version(clusterName=world.cluster, **GROUP), "core", "PodEvictionFailure"),
        ("UpdateClusterVersion", lambda world: world.eks.update_cluster_version(name=world.cluster, version="1.36"), "", "IpNotAvailable"),
    ],
)
def test_an_update_that_fails_changes_nothing(world, faults, action, begin, of, code):
    faults("eks", action)
    named = {"addonName" if action == "UpdateAddon" else "nodegroupName": of} if of else {}
    update = ended(world, begin(world)["update"], **named)
    assert update["status"] == "Failed" and update["errors"][0]["errorCode"].startswith(code)
    assert world.eks.describe_cluster(name=world.cluster)["cluster"]["version"] == "1.35" and world.status() == "ACTIVE"
    if action == "UpdateAddon":
        assert world.eks.describe_addon(clusterName=world.cluster, addonName=of)["addon"]["status"] == "UPDATE_FAILED"
        ended(world, begin(world)["update"], **named)


def test_nodes_come_along_before_the_next_version_and_go_back_first(world):
    assert ended(world, world.eks.update_cluster_version(name=world.cluster, version="1.36")["update"])["status"] == "Successful"
    with refused("InvalidRequestException", "Nodegroups core must be updated to match cluster version 1.36"):
        world.eks.update_cluster_version(name=world.cluster, version="1.37")
    moved(world, "1.36")
    with refused("InvalidRequestException", "Kubelet version skew"):
        world.eks.update_cluster_version(name=world.cluster, version="1.35")
    moved(world, "1.35")
    with refused("InvalidParameterException", "between 120 and 10080"):
        world.eks.update_cluster_version(name=world.cluster, version="1.35", rollbackConfig={"timeoutMinutes": 60})
    update = world.eks.update_cluster_version(name=world.cluster, version="1.35")["update"]
    assert update["type"] == "VersionRollback"
    with refused("InvalidRequestException", "Auto Mode"):
        world.eks.cancel_update(name=world.cluster, updateId=update["id"])
    assert ended(world, update)["status"] == "Successful" and world.eks.describe_cluster(name=world.cluster)["cluster"]["version"] == "1.35"
    with refused("InvalidStateException"):
        world.eks.update_cluster_version(name=world.cluster, version="1.34")


def database(world, **changes) -> None:
    sized = {"DBInstanceClass": "db.m6g.large", "AllocatedStorage": 20, "StorageType": "gp3", "MasterUsername": "airflow_admin"}
    world.aws("rds").create_db_instance(DBInstanceIdentifier=world.name, Engine="postgres", **sized, MasterUserPassword="not-a-secret-1", **changes)
    available(world)


def available(world) -> dict:
    described = lambda: world.aws("rds").describe_db_instances(DBInstanceIdentifier=world.name)["DBInstances"][0]  # noqa: E731
    return wait(lambda: (now := described())["DBInstanceStatus"] == "available" and now)


def test_postgresql_goes_where_rds_lets_it(world, faults):
    rds, this = world.aws("rds"), {"DBInstanceIdentifier": world.name, "ApplyImmediately": True}
    rds.create_db_subnet_group(DBSubnetGroupName=world.name, DBSubnetGroupDescription="d", SubnetIds=world.subnets)
    rds.create_db_parameter_group(DBParameterGroupName=world.name, DBParameterGroupFamily="postgres16", Description="d")
    rds.create_db_parameter_group(DBParameterGroupName=f"{world.name}-17", DBParameterGroupFamily="postgres17", Description="d")
    database(world, EngineVersion="16.11", DBParameterGroupName=world.name, DBSubnetGroupName=world.name)
    (offered,) = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="16.11")["DBEngineVersions"]
    majors = {target["EngineVersion"] for target in offered["ValidUpgradeTarget"] if target["IsMajorVersionUpgrade"]}
    assert majors == {"17.7", "17.9", "18.1", "18.3"}
    with refused("InvalidParameterCombination", "Cannot upgrade postgres from 16.11 to 17.6"):
        rds.modify_db_instance(**this, EngineVersion="17.6", AllowMajorVersionUpgrade=True)
    with refused("InvalidParameterCombination", "non-default"):
        rds.modify_db_instance(**this, EngineVersion="17.7", AllowMajorVersionUpgrade=True)
    faults("rds", "CreateDBSnapshot")
    rds.create_db_snapshot(DBInstanceIdentifier=world.name, DBSnapshotIdentifier=f"{world.name}-before")
    status = lambda: rds.describe_db_snapshots(DBSnapshotIdentifier=f"{world.name}-before")["DBSnapshots"][0]["Status"]  # noqa: E731
    wait(lambda: status() == "failed")
    rds.modify_db_instance(**this, EngineVersion="17.7", AllowMajorVersionUpgrade=True, DBParameterGroupName=f"{world.name}-17")
    wait(lambda: rds.describe_db_instances(DBInstanceIdentifier=world.name)["DBInstances"][0]["DBInstanceStatus"] == "upgrading")
    assert available(world)["EngineVersion"] == "17.7"
    rds.delete_db_instance(DBInstanceIdentifier=world.name, SkipFinalSnapshot=True)

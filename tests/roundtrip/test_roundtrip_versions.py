"""Versions of a live platform: kept where none is named, raised where a newer one is, taken as they are where AWS raised them, and never lowered."""

import pytest
from roundtrip_world import OWNER

REGION, NEWER = "us-east-2", "3.3.3"


@pytest.fixture
def database(account):
    """The database of a deployment, of an older PostgreSQL than the default."""
    rds = account.client("rds", REGION)
    sized = {"DBInstanceClass": "db.m6g.large", "AllocatedStorage": 20, "StorageType": "gp3", "MasterUsername": "airflow_admin"}
    tags = [{"Key": OWNER, "Value": "airflow-sandbox"}]
    made = {"DBInstanceIdentifier": "airflow-sandbox", "Engine": "postgres", "EngineVersion": "16.9", "StorageEncrypted": True}
    rds.create_db_instance(**made, **sized, MasterUserPassword="not-a-secret-1", Tags=tags)
    yield
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="airflow-sandbox", WaiterConfig={"Delay": 0, "MaxAttempts": 900})
    rds.delete_db_instance(DBInstanceIdentifier="airflow-sandbox", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="airflow-sandbox", WaiterConfig={"Delay": 0, "MaxAttempts": 900})


@pytest.mark.parametrize(("named", "family", "told"), [({}, "postgres16", True), ({"db_engine_version": "17"}, "postgres17", False)])
def test_a_default_that_moved_is_no_order_to_upgrade(account, database, named, family, told):
    ran = account.run("install", "--dry", "--diff", region=REGION, **named)
    assert f"+ rds.parameter_group airflow-sandbox-{family}" in ran.output and ran.writes == [], ran.output
    assert ("PostgreSQL stays 16, since the inventory names no db_engine_version" in ran.output) is told


@pytest.fixture(scope="module")
def live(box):
    """A platform that was installed while other versions of Kubernetes and PostgreSQL were the default."""
    box.done("install", kubernetes_version="1.35", db_engine_version="16")
    return box


@pytest.mark.slow
def test_a_live_platform_stays_as_it_is_and_green(live):
    for verb in ("install", "verify"):
        ran = live.done(verb)
        assert ran.writes == [] and "Kubernetes stays 1.35" in ran.output and "PostgreSQL stays 16" in ran.output, ran.output


@pytest.mark.slow
def test_what_aws_raised_is_followed(live):
    live.client("eks").update_cluster_version(name="airflow-sandbox", version="1.36")
    changed = {"EngineVersion": "17.7", "AllowMajorVersionUpgrade": True, "ApplyImmediately": True, "DBParameterGroupName": "default.postgres17"}
    live.client("rds").modify_db_instance(DBInstanceIdentifier="airflow-sandbox", **changed)
    live.client("eks").get_waiter("cluster_active").wait(name="airflow-sandbox", WaiterConfig={"Delay": 1, "MaxAttempts": 100})
    live.client("rds").get_waiter("db_instance_available").wait(DBInstanceIdentifier="airflow-sandbox", WaiterConfig={"Delay": 1, "MaxAttempts": 100})
    refused = live.run("install", kubernetes_version="1.35")
    assert refused.code != 0 and refused.writes == [] and "keep 1.36" in refused.output, refused.output
    planned = live.done("install", "--dry", "--diff")
    assert "~ eks.nodegroup core-node-group" in planned.output and "values image.tag: v1.35.0 -> v1.36.1" in planned.output, planned.output
    left = live.done("install")
    assert "rds.parameter_group airflow-sandbox-postgres16 is no longer listed" in left.output
    live.done("install", prune=True)
    assert live.done("verify").writes == []


@pytest.mark.slow
def test_a_named_upgrade_is_warned_of_and_can_be_undone_from_a_snapshot(live):
    raised = live.done("install", airflow_version=NEWER)
    assert f"-> {NEWER}: its migrations change the schema of database airflow-sandbox" in raised.output
    order = [call["action"] for call in raised.calls]
    (taken,) = snapshots(live)
    assert taken.startswith("airflow-sandbox-airflow-3-3-2-to-3-3-3-r") and "CreateDBSnapshot" in order
    again = live.done("install", airflow_version=NEWER)
    assert again.writes == [] and snapshots(live) == [taken]
    for verb in ("verify", "install"):
        ran = live.done(verb)
        assert ran.writes == [] and f"Airflow stays {NEWER}, since the inventory names no airflow_version" in ran.output, ran.output
    older = live.run("install", airflow_version="3.3.2")
    assert older.code != 0 and older.writes == [] and "airflowVersion is 3.3.3, wanted 3.3.2, which is older" in older.output, older.output


@pytest.mark.slow
def test_the_snapshot_outlives_the_platform(live):
    gone = live.done("cleanup", skip_final_snapshot=True)
    (taken,) = snapshots(live)
    assert f"kept by AWS: RDS snapshot {taken}" in gone.output


def snapshots(box) -> list[str]:
    found = box.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    owner = {"Key": OWNER, "Value": "airflow-sandbox"}
    return [item["DBSnapshotIdentifier"] for item in found if item["Status"] == "available" and owner in item["TagList"]]

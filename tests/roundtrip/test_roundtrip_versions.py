"""Versions of a live platform: kept where none is named, raised where a newer one is, taken as they are where AWS raised them, and never lowered."""

import pytest
from roundtrip_world import OWNER

REGION = "us-east-2"


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


def test_a_default_that_moved_is_no_order_to_upgrade_and_an_install_none_either(account, database):
    ran = account.run("install", "--dry", "--diff", region=REGION)
    assert "+ rds.parameter_group airflow-sandbox-postgres16" in ran.output and ran.writes == [], ran.output
    assert "PostgreSQL stays 16, since the inventory names no db_engine_version" in ran.output
    ran = account.run("install", "--dry", "--diff", region=REGION, db_engine_version="17")
    assert ran.code == 1 and ran.writes == [], ran.output
    assert "PostgreSQL is 16.9, and db_engine_version names 17: deploys/upgrade.py goes there" in ran.output


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
    assert refused.code != 0 and refused.writes == [] and "Kubernetes is 1.36, and kubernetes_version names 1.35" in refused.output, refused.output
    planned = live.done("install", "--dry", "--diff")
    assert "nodes stay 1.35 while Kubernetes 1.36 is watched" in planned.output and "~ eks.nodegroup core-node-group" not in planned.output, planned.output
    assert "values image.tag: v1.35.0 -> v1.36.1" in planned.output, planned.output
    live.done("upgrade", upgrade_bake_hours=0)
    left = live.done("install")
    assert "rds.parameter_group airflow-sandbox-postgres16" not in left.output
    assert live.done("verify").writes == []

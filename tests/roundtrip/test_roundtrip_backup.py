"""Backup sets of a database that is there, on an account without a cluster: taken, listed, kept so many, removed, and what ended in the middle."""

import json

import pytest

NAME = "airflow-sandbox"
TAGS = [{"Key": "airflow-on-eks/deployment", "Value": NAME}]
KEYS = {"airflow/fernet-key": "a-fernet-key", "airflow/api-secret-key": "an-api-key", "airflow/jwt": "a-jwt-secret"}


@pytest.fixture(scope="module")
def box(box_of_aws):
    """An account with a database and the keys to it."""
    rds, manager = box_of_aws.client("rds"), box_of_aws.client("secretsmanager")
    given = {
        "Engine": "postgres",
        "EngineVersion": "17",
        "DBInstanceClass": "db.m6g.large",
        "AllocatedStorage": 20,
        "StorageEncrypted": True,
        "CopyTagsToSnapshot": True,
    }
    rds.create_db_instance(DBInstanceIdentifier=NAME, MasterUsername="master", MasterUserPassword="long-enough-for-rds", Tags=TAGS, **given)
    for purpose, value in KEYS.items():
        manager.create_secret(Name=f"{NAME}/{purpose}", SecretString=value, Tags=TAGS)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=NAME, WaiterConfig={"Delay": 1})
    return box_of_aws


def sets(box) -> dict[str, dict]:
    """What the secrets of the sets hold, by id."""
    manager = box.client("secretsmanager")
    names = [secret["Name"] for secret in manager.list_secrets()["SecretList"] if "/backup/" in secret["Name"]]
    return {name.rpartition("/")[2]: json.loads(manager.get_secret_value(SecretId=name)["SecretString"]) for name in sorted(names)}


def snapshots(box) -> list[str]:
    return sorted(one["DBSnapshotIdentifier"] for one in box.client("rds").describe_db_snapshots(SnapshotType="manual")["DBSnapshots"])


def test_a_set_is_taken_listed_and_removed(box):
    ran = box.done("backup")
    ((backup, kept),) = sets(box).items()
    assert snapshots(box) == [f"{NAME}-backup-{backup}"]
    assert kept["keys"] == KEYS and kept["manifest"]["airflow_version"] and kept["manifest"]["settings"]["region"] == "us-west-2"
    assert not any(value in ran.output for value in KEYS.values())
    listed = box.done("backup", "--dry")
    assert listed.writes == [] and f"backup set {backup}: snapshot {NAME}-backup-{backup} available, keys kept" in listed.output
    refused = box.run("backup", delete="nobody")
    assert refused.code != 0 and f"there is no backup set nobody of {NAME}; there are {backup}" in refused.output
    box.done("backup", delete=backup)
    assert not sets(box) and not snapshots(box)


@pytest.mark.slow
def test_keys_of_a_run_that_ended_before_its_snapshot_are_told_and_the_newest_sets_stay(box):
    box.tell("faults", {"faults": [{"service": "rds", "action": "CreateDBSnapshot", "kind": "denied", "times": 1}]})
    assert box.run("backup").code != 0
    box.tell("faults", {"faults": []})
    (half,) = sets(box)
    assert f"backup set {half}: no snapshot, keys kept (cannot be restored)" in box.done("backup", "--dry").output
    box.done("backup", delete=half)
    box.done("backup")
    (first,) = sets(box)
    box.done("backup", backup_keep=1)
    (second,) = sets(box)
    assert second > first and snapshots(box) == [f"{NAME}-backup-{second}"]


def test_a_cleanup_leaves_its_sets_the_last_snapshot_among_them(box):
    rds = box.client("rds")
    box.tell("faults", {"faults": [{"service": "rds", "action": "DeleteDBInstance", "kind": "denied", "times": 2}]})
    assert box.run("cleanup").code != 0
    box.tell("faults", {"faults": []})
    ran = box.done("cleanup")
    *others, last = sets(box)
    assert last.startswith("final-") and not [backup for backup in others if backup.startswith("final-")], "one, whatever it took"
    assert f"kept by AWS: backup set {NAME}/backup/{last}" in ran.output
    assert sets(box)[last]["keys"] == KEYS, "the secrets themselves went with the first cleanup"
    (snapshot,) = [one for one in rds.describe_db_snapshots()["DBSnapshots"] if "-final-" in one["DBSnapshotIdentifier"]]
    assert {"Key": "airflow-on-eks/backup", "Value": last} in snapshot["TagList"]
    assert not rds.describe_db_instances()["DBInstances"]
    assert f"backup set {last}: snapshot {snapshot['DBSnapshotIdentifier']} available, keys kept" in box.run("backup", "--dry").output
    box.done("backup", delete=last)
    assert last not in sets(box) and snapshot["DBSnapshotIdentifier"] not in snapshots(box)

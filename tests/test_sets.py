"""Backup sets: which there are, which have had their time, and what holds one together."""

import re
from types import SimpleNamespace

from pyinfra.context import ctx_host

from deploys.sets import Set, outlived, sets
from facts.backups import BackupNames, Snapshots
from facts.rds import Instance
from facts.secrets import Secret, SecretValue
from operations import backups
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
OWNED = {"Key": "airflow-on-eks/deployment", "Value": "airflow-dev"}
LIVE = {"DBInstanceStatus": "available", "TagList": [OWNED]}


def snapshot(backup, status="available"):
    return {"DBSnapshotIdentifier": f"snap-{backup}", "Status": status, "TagList": [OWNED, {"Key": "airflow-on-eks/backup", "Value": backup}]}


def asked(ask, facts, **given):
    settings = Settings.of({**GIVEN, **given})
    get_fact = lambda fact, **arguments: facts[fact](**arguments) if callable(facts.get(fact)) else facts.get(fact)  # noqa: E731
    with ctx_host.use(SimpleNamespace(name="@eks/airflow-dev", data=SimpleNamespace(deployment="airflow-dev"), get_fact=get_fact)):
        return ask(settings)


def test_sets_are_listed_with_what_they_lack():
    facts = {
        BackupNames: ["20261128t020000z", "20261126t020000z", "final-20261120t000000z"],
        Snapshots: [snapshot("20261128t020000z"), snapshot("20261127t020000z"), snapshot("final-20261120t000000z"), snapshot("20261129t020000z")],
        Secret: lambda secret: {"Name": secret} if secret.endswith("20261129t020000z") else None,
    }
    assert [str(one) for one in asked(sets, facts)] == [
        "20261126t020000z: no snapshot, keys kept (cannot be restored)",
        "20261127t020000z: snapshot snap-20261127t020000z available, no keys (cannot be restored)",
        "20261128t020000z: snapshot snap-20261128t020000z available, keys kept",
        "20261129t020000z: snapshot snap-20261129t020000z available, keys kept",
        "final-20261120t000000z: snapshot snap-final-20261120t000000z available, keys kept",
    ]


def test_the_oldest_go_beyond_what_is_kept_and_those_of_cleanups_stay():
    found = [Set(backup, "s", "available", True) for backup in ("a", "b", "c")] + [Set("half", keys=True), Set("final-x", "s", "available", True)]
    gone = lambda keep: [want.subject for want in asked(lambda settings: outlived(settings, found), {}, backup_keep=keep)]  # noqa: E731
    assert (gone(None), gone(9), gone(3), gone(1)) == ([], [], ["a"], ["a", "b", "c"])


def test_the_last_snapshot_and_its_keys_carry_the_same_id():
    """RDS copies the tags of an instance to its last snapshot: what the instance carries is what the secret is called by."""
    wanted = {"keys": {"airflow/jwt": "airflow-dev/airflow/jwt"}, "manifest": {}, "tags": {}, "present": False}
    facts = {Instance: {**LIVE, "DBInstanceArn": "arn-1"}, SecretValue: "a key"}
    tagging, keeping = asked(lambda settings: list(backups.last._inner("airflow-dev", **wanted)), facts)
    (tag,) = tagging.params["Tags"]
    assert tag["Key"] == "airflow-on-eks/backup" and tag["Value"].startswith("final-")
    assert keeping.params["Name"] == f"airflow-dev/backup/{tag['Value']}" and tag in keeping.params["Tags"]
    assert not re.search("-[A-Za-z0-9]{6}$", keeping.params["Name"]), "Secrets Manager would take it for the end of an ARN"

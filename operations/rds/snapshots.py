"""Operations on snapshots of RDS instances."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import NOW, Answer, Text
from facts.helm import Release
from facts.rds import UPGRADE_TAG, Instance, Snapshots, UpgradeSnapshots
from operations import tags as tag
from operations.differ import Change
from operations.ownership import ours
from operations.rds.instances import CHANGEABLE
from settings.versions import numbers

NO_SNAPSHOT = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")


@operation()
def snapshot(
    snapshot: str,
    instance: str | None = None,
    release: str | None = None,
    namespace: str | None = None,
    value: str | None = None,
    version: str | None = None,
    tags: dict | None = None,
    present: bool = True,
):
    """
    Take a snapshot of an instance before it gets a newer version, or a helm release one of what keeps its data there, and wait until it can be restored.

    + snapshot: what its identifier begins with; the versions, the release's revision and the time follow
    + instance: identifier of the instance
    + release: name of the release; ``None``: the version is the instance's own
    + namespace: where it lives
    + value: name of the release's value that is the version
    + version: what it is to be
    + tags: its tags
    + present: ``False`` leaves all snapshots alone: what they hold is nowhere else

    **Idempotency:** nothing is done where there is nothing yet and where it has this version or a newer one. One snapshot is taken for an
    upgrade: what an interrupted run took is found, and waited for.

    **Example:**

    .. code:: python

        rds.snapshot(
            snapshot="airflow-dev-airflow",
            instance="airflow-dev",
            release="airflow",
            namespace="airflow",
            value="airflowVersion",
            version="3.3.2",
            name="Snapshot before the upgrade",
        )
    """
    if not present:
        host.noop(f"snapshots {snapshot}-* stay")
        return
    live, revision = _live(release, namespace, value) if release else (_engine(instance), "")
    database = host.get_fact(Instance, instance=instance) if live and numbers(live) < numbers(version) and not live.startswith(f"{version}.") else None
    if not database:
        host.noop(f"snapshot {snapshot} is needed by no upgrade")
        return
    begins = f"{snapshot}-{live}-to-{version}{revision}".replace(".", "-")
    mark = {UPGRADE_TAG: f"{live} to {version}"}
    taken = [item for item in host.get_fact(Snapshots, snapshots=begins, instance=instance) if ours(item.get("TagList"))]
    if any(item["Status"] == "available" for item in taken):
        host.noop(f"snapshot {begins} is already present")
    elif taken:
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=taken[0]["DBSnapshotIdentifier"])
    else:
        if database["DBInstanceStatus"] not in CHANGEABLE:
            yield Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
        name = Text("{begins}-{now}", begins=begins, now=NOW)
        yield AwsCall("rds", "create_db_snapshot", DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, Tags=tag.listed({**(tags or {}), **mark}))
        made = Answer("rds", "create_db_snapshot", "DBSnapshot.DBSnapshotIdentifier")
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=made)


@operation()
def kept(kept: str, number: int, present: bool = True):
    """
    Keep the newest snapshots that were taken before upgrades of an instance, and remove the older ones.

    + kept: identifier of the instance
    + number: how many are kept
    + present: ``False`` leaves all of them

    **Idempotency:** only what is available, carries the deployment's tag and says of which upgrade it is is counted and removed.

    **Example:**

    .. code:: python

        rds.kept(kept="airflow-dev", number=4, name="Snapshots before upgrades")
    """
    found = host.get_fact(UpgradeSnapshots, instance=kept) or [] if present else []
    mine = [item for item in found if ours(item["TagList"]) and item["Status"] == "available"]
    old = sorted(mine, key=lambda item: item["SnapshotCreateTime"])[: max(len(mine) - number, 0)]
    for item in old:
        name = item["DBSnapshotIdentifier"]
        yield AwsCall("rds", "delete_db_snapshot", missing=NO_SNAPSHOT, DBSnapshotIdentifier=name).because([Change(name, "available", None)])
    if not old:
        host.noop(f"{len(mine)} snapshots from before upgrades of {kept} are kept")


def _live(release, namespace, value) -> tuple[str | None, str]:
    """The version of what runs, and the release's revision."""
    now = host.get_fact(Release, release=release, namespace=namespace) or {}
    return now.get("config", {}).get(value), f"-r{now.get('version')}"


def _engine(instance) -> str | None:
    return (host.get_fact(Instance, instance=instance) or {}).get("EngineVersion")

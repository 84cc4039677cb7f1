"""Operations on snapshots of RDS instances."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import NOW, Answer, Text
from facts.helm import Release
from facts.rds import Instance, Snapshots
from operations import tags as tag
from operations.ownership import ours
from operations.rds.instances import CHANGEABLE
from settings.versions import numbers


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
    Take a snapshot of an instance before a helm release gets a newer version of what keeps its data there, and wait until it can be restored.

    + snapshot: what its identifier begins with; the versions, the release's revision and the time follow
    + instance: identifier of the instance
    + release: name of the release
    + namespace: where it lives
    + value: name of the release's value that is the version
    + version: what it is to be
    + tags: its tags
    + present: ``False`` leaves all snapshots alone: what they hold is nowhere else

    **Idempotency:** nothing is done where there is no release yet and where it has this version or a newer one. One snapshot is taken for an
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
    now = host.get_fact(Release, release=release, namespace=namespace) or {}
    live = now.get("config", {}).get(value)
    database = host.get_fact(Instance, instance=instance) if live and numbers(live) < numbers(version) else None
    if not database:
        host.noop(f"snapshot {snapshot} is needed by no upgrade")
        return
    begins = f"{snapshot}-{live}-to-{version}-r{now['version']}".replace(".", "-")
    taken = [item for item in host.get_fact(Snapshots, snapshots=begins, instance=instance) if ours(item.get("TagList"))]
    if any(item["Status"] == "available" for item in taken):
        host.noop(f"snapshot {begins} is already present")
    elif taken:
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=taken[0]["DBSnapshotIdentifier"])
    else:
        if database["DBInstanceStatus"] not in CHANGEABLE:
            yield Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
        name = Text("{begins}-{now}", begins=begins, now=NOW)
        yield AwsCall("rds", "create_db_snapshot", DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, Tags=tag.listed(tags or {}))
        made = Answer("rds", "create_db_snapshot", "DBSnapshot.DBSnapshotIdentifier")
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=made)

"""Operations on backup sets: a snapshot of the database and a secret with the keys to it, which carry the set's id and outlive the deployment."""

from __future__ import annotations

import time

from pyinfra.api import operation
from pyinfra.api.exceptions import OperationError
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import BACKUP_TAG, Json, Ref
from facts.backups import Snapshots
from facts.rds import Instance
from facts.secrets import GONE, Secret, SecretValue, kept_as
from operations import tags as tag
from operations.differ import Change
from operations.foreign import absent
from operations.ownership import ours, own
from operations.rds.instances import CHANGEABLE, NO_SNAPSHOT

ID = "%Y%m%dt%H%M%Sz"
"""The id of a set: the time it was taken (UTC)."""

NO_SNAPSHOTS = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")


@operation()
def backup(backup: str, instance: str | None = None, keys: dict | None = None, manifest: dict | None = None, tags: dict | None = None, present: bool = True):
    """
    Take/remove a backup set.

    + backup: its id, ``20261128t020000z``
    + instance: identifier of the database, the deployment's name
    + keys: secrets whose values it keeps, by purpose
    + manifest: what it is of, for whom it is restored to
    + tags: its tags
    + present: whether it should exist

    **Idempotency:** a set that is there is waited for, and never taken anew. The keys are kept first: whatever ends the run after that, the snapshot
    can be read. A set without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        backups.backup(
            backup="20261128t020000z",
            instance="airflow-dev",
            keys={"airflow/fernet-key": "airflow-dev/airflow/fernet-key"},
            manifest={"airflow_version": "3.3.2"},
            name="Backup",
        )
    """
    secret = kept_as(instance, backup)
    kept = host.get_fact(Secret, secret=secret)
    kept = own("secret", secret, kept, (kept or {}).get("Tags"), present)
    taken = [one for one in host.get_fact(Snapshots, instance=instance) or [] if tag.mapped(one["TagList"]).get(BACKUP_TAG) == backup]
    if not present:
        for one in taken:
            if one["Status"] != "available":
                yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=one["DBSnapshotIdentifier"])
            yield AwsCall("rds", "delete_db_snapshot", missing=NO_SNAPSHOTS, DBSnapshotIdentifier=one["DBSnapshotIdentifier"])
        if kept:
            yield AwsCall("secretsmanager", "delete_secret", missing=GONE, SecretId=secret, ForceDeleteWithoutRecovery=True)
        if not taken and not kept:
            absent("backup set", backup, kept)
        return
    if not taken:
        now = host.get_fact(Instance, instance=instance)
        if not now or not ours(now.get("TagList")):
            raise OperationError(f"backup set {backup}: there is no database {instance} of this deployment to take it of")
        name = f"{instance}-backup-{backup}"
        marked = {**(tags or {}), BACKUP_TAG: backup}
        if not kept:
            yield _keep(secret, keys or {}, {**(manifest or {}), "snapshot": name}, marked)
        if BACKUP_TAG in tag.mapped(now.get("TagList")):
            yield AwsCall("rds", "remove_tags_from_resource", ResourceName=now["DBInstanceArn"], TagKeys=[BACKUP_TAG])
        if now["DBInstanceStatus"] not in CHANGEABLE:
            yield Wait("rds", "db_instance_available", DBInstanceIdentifier=instance)
        yield AwsCall("rds", "create_db_snapshot", DBInstanceIdentifier=instance, DBSnapshotIdentifier=name, Tags=tag.listed(marked))
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=name)
    elif not kept:
        raise OperationError(f"backup set {backup} has a snapshot and no keys: what it holds of connections cannot be read; delete={backup} removes it")
    elif taken[0]["Status"] != "available":
        yield Wait("rds", "db_snapshot_available", DBSnapshotIdentifier=taken[0]["DBSnapshotIdentifier"])
    else:
        host.noop(f"backup set {backup} is already present")


@operation()
def last(last: str, keys: dict | None = None, manifest: dict | None = None, final_snapshot: bool = True, tags: dict | None = None, present: bool = True):
    """
    Make a backup set of the final snapshot of an instance: mirrored, just before the instance goes. Declare it after `rds.available`.

    + last: identifier of the instance
    + keys: secrets whose values it keeps, by purpose
    + manifest: what it is of
    + final_snapshot: whether the removal takes a last snapshot
    + tags: its tags
    + present: ``True`` does nothing

    **Idempotency:** nothing is done while the instance is wanted, once its removal has begun, and where there is no last snapshot. The instance
    carries the set's id, and its last snapshot with it: what a removal that ended in the middle began is found and goes on, with the keys of then.

    **Example:**

    .. code:: python

        backups.last(last="airflow-dev", keys={"airflow/fernet-key": "airflow-dev/airflow/fernet-key"}, present=False, name="Keys to the last snapshot")
    """
    now = None if present else host.get_fact(Instance, instance=last)
    now = now if now and ours(now.get("TagList")) else None
    if not now or not final_snapshot or now["DBInstanceStatus"] in ("deleting", *NO_SNAPSHOT):
        host.noop(f"instance {last} {'stays' if present else 'leaves no last snapshot'}")
        return
    begun = tag.mapped(now["TagList"]).get(BACKUP_TAG)
    backup = begun or f"final-{time.strftime(ID, time.gmtime())}"
    secret, document = kept_as(last, backup), manifest or {}
    kept = host.get_fact(Secret, secret=secret) if begun else None
    there = {purpose: name for purpose, name in (keys or {}).items() if host.get_fact(SecretValue, secret=name) is not None}
    if kept and there.keys() != (keys or {}).keys():
        host.noop(f"backup set {backup} has the keys of instance {last}, which are gone by now")
        return
    if not begun:
        yield AwsCall("rds", "add_tags_to_resource", ResourceName=now["DBInstanceArn"], Tags=tag.listed({BACKUP_TAG: backup}))
    if kept:
        because = [Change("keys", f"of backup set {backup}", "of now")]
        yield AwsCall("secretsmanager", "put_secret_value", SecretId=secret, SecretString=_content(there, document)).because(because)
    else:
        yield _keep(secret, there, document, {**(tags or {}), BACKUP_TAG: backup})


def _keep(secret: str, keys: dict, manifest: dict, tags: dict) -> AwsCall:
    described = "Keys and manifest of a backup set: its snapshot cannot be read without"
    return AwsCall("secretsmanager", "create_secret", Name=secret, Description=described, SecretString=_content(keys, manifest), Tags=tag.listed(tags))


def _content(keys: dict, manifest: dict) -> Json:
    return Json({"keys": {purpose: Ref(SecretValue, secret=name) for purpose, name in keys.items()}, "manifest": manifest})

"""Backup sets: what they keep, which there are, which have had their time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib.metadata import version

from pyinfra.context import host

from connectors.commands.reference import BACKUP_TAG
from deploys.want import Want, tagged, want
from facts.backups import BackupNames, Snapshots
from facts.secrets import Secret, kept_as
from operations import backups
from operations.backups import ID
from operations.tags import mapped
from settings import Settings
from settings.run import Run

KEYS = ("airflow/fernet-key", "airflow/api-secret-key", "airflow/jwt")
"""What a database is unreadable without, or its users are logged out."""

FINAL = "final-"
"""How the id of a set begins that a cleanup left."""


@dataclass(frozen=True)
class Set:
    """
    A backup set.

    + backup: its id
    + snapshot: the identifier of its snapshot, empty where there is none
    + state: of the snapshot
    + keys: whether its keys are kept
    """

    backup: str
    snapshot: str = ""
    state: str = ""
    keys: bool = False

    @property
    def whole(self) -> bool:
        """Whether it can be restored."""
        return self.keys and self.state == "available"

    def __str__(self):
        parts = [f"snapshot {self.snapshot} {self.state}" if self.snapshot else "no snapshot", "keys kept" if self.keys else "no keys"]
        return f"{self.backup}: {', '.join(parts)}{'' if self.whole else ' (cannot be restored)'}"


def sets(settings: Settings) -> list[Set]:
    """The deployment's sets, the oldest first; those of cleanups last."""
    kept = host.get_fact(BackupNames) or []
    found = {backup: Set(backup, keys=True) for backup in kept}
    for one in host.get_fact(Snapshots, instance=settings.deployment) or []:
        backup = mapped(one["TagList"])[BACKUP_TAG]
        readable = backup in kept or host.get_fact(Secret, secret=kept_as(settings.deployment, backup)) is not None
        found[backup] = Set(backup, one["DBSnapshotIdentifier"], one["Status"], readable)
    return sorted(found.values(), key=lambda one: (one.backup.startswith(FINAL), one.backup))


def identity() -> str:
    """The id of a set of now. It ends in no hyphen and six characters, which Secrets Manager would take for the end of an ARN."""
    return time.strftime(ID, time.gmtime())


def keys(settings: Settings) -> dict[str, str]:
    """The secrets a set keeps the values of, by purpose."""
    return {purpose: settings.secret(purpose) for purpose in KEYS}


def manifest(settings: Settings) -> dict:
    """What a set is of: for whoever restores it, years later and somewhere else."""
    options = {field.alias or name for name, field in Run.model_fields.items()}
    return {
        "deployment": settings.deployment,
        "account": settings.account_id,
        "region": settings.region,
        "taken": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "airflow_version": settings.airflow_version,
        "db_engine_version": settings.db_engine_version,
        "kubernetes_version": settings.kubernetes_version,
        "charts": {name: pin.version for name, pin in settings.charts.items()},
        "project": version("airflow-on-eks"),
        "settings": {name: value for name, value in settings.model_dump(mode="json", by_alias=True).items() if name not in options},
    }


def taken(settings: Settings, backup: str) -> Want:
    """
    A set of now.

    + backup: its id
    """
    (made,) = tagged([want(backups.backup, backup, instance=settings.deployment, keys=keys(settings), manifest=manifest(settings))], settings.tag)
    return made


def removed(settings: Settings, backup: str) -> Want:
    """
    A set that goes.

    + backup: its id
    """
    return want(backups.backup, backup, instance=settings.deployment, present=False)


def outlived(settings: Settings, found: list[Set]) -> list[Want]:
    """
    The sets that go since there are newer ones, `backup_keep` of which stay; those of cleanups, and those that cannot be restored, are not counted.

    + found: those there are, the oldest first, without the one that is being taken
    """
    whole = [one for one in found if one.whole and not one.backup.startswith(FINAL)]
    return [] if settings.backup_keep is None else [removed(settings, one.backup) for one in whole[: len(whole) + 1 - settings.backup_keep]]

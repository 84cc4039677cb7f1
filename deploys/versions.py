"""The versions of a deployment: what runs keeps the ones it has, unless the inventory names others. A default that moved is no order to upgrade."""

from __future__ import annotations

from datetime import date

from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from deploys.platform.airflow import NAMESPACE, VERSION
from facts.eks import Cluster
from facts.helm import Release
from facts.rds import Instance
from operations.ownership import ours
from settings import Settings
from settings.versions import known, last_day, numbers

WHAT = {"kubernetes_version": "Kubernetes", "airflow_version": "Airflow", "db_engine_version": "PostgreSQL"}


def kept(settings: Settings, today: date | None = None) -> Settings:
    """
    The settings with the versions of what runs where the inventory names none; what there is to say of them is told.

    + today: the day it is asked
    """
    live = running(settings)
    left = {setting: version for setting, version in live.items() if settings.defaulted(setting)}
    if lines := told(settings, left, today or date.today()):
        host.log_styled(f"versions: {'; '.join(lines)}", fg="yellow")
    before, wanted = live.get("airflow_version"), left.get("airflow_version", settings.airflow_version)
    if before and numbers(before) < numbers(wanted):
        host.log_styled(
            f"Airflow {before} -> {wanted}: its migrations change the schema of database {settings.deployment} and are not undone; "
            f"a snapshot {settings.deployment}-airflow-... is taken first",
            fg="yellow",
        )
    return settings.running(left)


def told(settings: Settings, left: dict[str, str], today: date) -> list[str]:
    """
    What there is to say of the versions.

    + left: the live ones that are kept, by setting
    + today: the day it is asked
    """
    lines = []
    for setting, name in WHAT.items():
        default = getattr(settings, setting)
        version = left.get(setting, default)
        faults = list(known(setting, version, today))
        if version != default:
            end = last_day(setting, version)
            until = [f"in support until {end}"] if end and end >= today else []
            notes = ", ".join([f"the default is {default}", *until, *faults])
            lines.append(f"{name} stays {version}, since the inventory names no {setting} ({notes})")
        elif faults:
            lines.append(f"{name} {version}: {', '.join(faults)}")
    return lines


def running(settings: Settings) -> dict[str, str]:
    """The versions of what is there of the deployment's, by setting; of PostgreSQL the major one, since the minor one is RDS's."""
    name = settings.deployment
    cluster = host.get_fact(Cluster, cluster=name) or {}
    database = host.get_fact(Instance, instance=name) or {}
    release = host.get_fact(Release, release="airflow", namespace=NAMESPACE) or {}
    found = {}
    if ours(cluster.get("tags")) and cluster["status"] not in ("FAILED", "DELETING"):
        found["kubernetes_version"] = cluster["version"]
    if ours(database.get("TagList")) and database["DBInstanceStatus"] != "deleting":
        engine = {**database, **(database.get("PendingModifiedValues") or {})}["EngineVersion"]
        found["db_engine_version"] = engine.partition(".")[0]
    if release.get("labels", {}).get(DEPLOYMENT_TAG, name) == name and (airflow := release.get("config", {}).get(VERSION)):
        found["airflow_version"] = airflow
    return found

"""The versions of a deployment: what runs keeps the ones it has, unless the inventory names others. A default that moved is no order to upgrade."""

from __future__ import annotations

from datetime import date

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from connectors.commands.reference import DEPLOYMENT_TAG
from deploys.platform.airflow import NAMESPACE, RELEASED
from deploys.platform.cluster import NODEGROUP
from facts.eks import Cluster, Nodegroup
from facts.helm import Release
from facts.rds import Instance
from operations.ownership import ours
from settings import Settings
from settings.versions import karpenter_lacks, known, last_day, numbers, within

WHAT = {"kubernetes_version": "Kubernetes", "airflow_version": "Airflow", "db_engine_version": "PostgreSQL"}


def kept(settings: Settings, today: date | None = None) -> Settings:
    """
    The settings with the versions of what runs where the inventory names none; what there is to say of them is told.

    + today: the day it is asked
    """
    live = running(settings)
    left = {setting: _asked(setting, version) for setting, version in live.items() if settings.defaulted(setting)}
    lines, held = told(settings, left, today or date.today()), behind(settings, live)
    lines += [f"nodes stay {held} while Kubernetes {live['kubernetes_version']} is watched: deploys/upgrade.py takes them along"] if held else []
    if lines:
        host.log_styled(f"versions: {'; '.join(lines)}", fg="yellow")
    return settings.running(left, held=bool(held))


def stay(settings: Settings) -> None:
    """Raise `PyinfraError` where the inventory names another version than what runs has: an install moves none."""
    lines = [
        f"{WHAT[setting]} is {version}, and {setting} names {wanted}: deploys/{'upgrade' if numbers(wanted) > numbers(version) else 'rollback'}.py goes there"
        for setting, version in running(settings).items()
        if not within(version, wanted := getattr(settings, setting))
    ]
    if lines:
        raise PyinfraError("\n".join([f"{host.name}: an install moves no version of what runs, and nothing was sent:", *(f"    {line}" for line in lines)]))


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
    kubernetes, karpenter = left.get("kubernetes_version", settings.kubernetes_version), settings.chart("karpenter").version
    if settings.enable_karpenter and (first := karpenter_lacks(karpenter, kubernetes)):
        lines.append(f"Karpenter {karpenter} does not fit Kubernetes {kubernetes}: {first} is the first that does")
    return lines


def running(settings: Settings) -> dict[str, str]:
    """The versions of what is there of the deployment's, by setting."""
    name = settings.deployment
    cluster = host.get_fact(Cluster, cluster=name) or {}
    database = host.get_fact(Instance, instance=name) or {}
    release = host.get_fact(Release, release="airflow", namespace=NAMESPACE) or {}
    found = {}
    if ours(cluster.get("tags")) and cluster["status"] not in ("FAILED", "DELETING"):
        found["kubernetes_version"] = cluster["version"]
    if ours(database.get("TagList")) and database["DBInstanceStatus"] != "deleting":
        found["db_engine_version"] = {**database, **(database.get("PendingModifiedValues") or {})}["EngineVersion"]
    if release.get("labels", {}).get(DEPLOYMENT_TAG, name) == name and (airflow := release.get("config", {}).get(RELEASED)):
        found["airflow_version"] = airflow
    return found


def behind(settings: Settings, live: dict[str, str]) -> str | None:
    """
    The version of nodes that have not followed the control plane yet.

    + live: the versions of what runs, by setting
    """
    nodes = host.get_fact(Nodegroup, nodegroup=NODEGROUP, cluster=settings.deployment) if "kubernetes_version" in live else None
    return nodes["version"] if nodes and numbers(nodes["version"]) < numbers(live["kubernetes_version"]) else None


def _asked(setting: str, version: str) -> str:
    """A live version as the setting names it: of PostgreSQL the major one, since the minor one is RDS's."""
    return version.partition(".")[0] if setting == "db_engine_version" else version

"""The database's version and Airflow's: both stand still meanwhile, and a snapshot is taken first."""

from __future__ import annotations

from deploys.platform.airflow import DEPLOYMENTS, NAMESPACE
from deploys.platform.airflow import airflow as part
from deploys.run import listed
from deploys.upgrades import chosen, given
from deploys.want import Want, want
from operations import airflow, rds
from settings import Settings
from settings.versions import numbers, within

BEGIN = ("airflow-scheduler",)
WRITE = ("airflow-api-server", "airflow-dag-processor", "airflow-triggerer")
TASKS = "kubernetes_executor=True"
"""What the executor's pods carry."""

DATABASE = ("rds.available", "rds.parameter_group", "rds.instance", "rds.available")
"""What moves of the database, in its order; of Airflow all moves that needs the database."""


def upgrade(settings: Settings, live: dict[str, str]) -> list[Want]:
    """
    What a run does about the database and Airflow.

    + settings: with the versions they are to have
    + live: the versions they have, by setting
    """
    everything = listed(settings)
    unused = [given(item, prune=True) for item in everything if item.stray and item.subject == "rds.parameter_group"]
    stop = _stop(settings, live) if moving(settings, live) else []
    names = {str(item) for item in part(settings)}
    release = [item for item in everything if item.present and str(item) in names]
    kept = [] if settings.db_endpoint else [want(rds.kept, settings.deployment, number=settings.upgrade_snapshots)]
    return [*stop, *chosen(everything, *DATABASE), *release, *unused, *kept]


def moving(settings: Settings, live: dict[str, str]) -> list[str]:
    """The settings whose version is to be a newer one."""
    names = ("db_engine_version", "airflow_version")
    return [name for name in names if name in live and not within(live[name], wanted := getattr(settings, name)) and numbers(wanted) > numbers(live[name])]


def _stop(settings: Settings, live: dict[str, str]) -> list[Want]:
    name = settings.deployment
    snapshot = {"snapshot": f"{name}-postgres", "instance": name, "version": settings.db_engine_version, "tags": settings.tag}
    return [
        want(
            airflow.stopped,
            NAMESPACE,
            first={deployment: DEPLOYMENTS[deployment] for deployment in BEGIN},
            then={deployment: DEPLOYMENTS[deployment] for deployment in WRITE},
            tasks=TASKS,
            drain=settings.upgrade_drain_minutes,
            snapshots=[snapshot] if "db_engine_version" in moving(settings, live) else [],
        )
    ]

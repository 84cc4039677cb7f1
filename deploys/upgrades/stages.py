"""One run of an upgrade: which stages it takes, and what it says of them."""

from __future__ import annotations

from functools import cached_property

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.plan import COLOURS
from deploys.upgrades import data
from deploys.upgrades.kubernetes import Kubernetes
from deploys.upgrades.preflight import obstacles
from deploys.upgrades.table import table
from deploys.versions import WHAT, running
from deploys.want import Want
from settings import Settings

WATCHED = "%Y-%m-%d %H:%M UTC"


class Upgrade:
    """
    A run that takes a deployment nearer to the versions its inventory names: Kubernetes first, then the database and Airflow.

    + settings: of the deployment
    """

    def __init__(self, settings: Settings):
        self.settings, self.live = settings, running(settings)
        ours = {setting: name for setting, name in WHAT.items() if not (setting == "db_engine_version" and settings.db_endpoint)}
        if missing := [name for setting, name in ours.items() if setting not in self.live]:
            raise PyinfraError(f"{host.name}: no {' and no '.join(missing)} of the deployment's runs here that could be upgraded: install it first")
        self.kubernetes = Kubernetes(settings, self.live)

    @cached_property
    def wants(self) -> list[Want]:
        """What it does, in order; nothing of the data while a control plane is watched."""
        wants = self.kubernetes.upgrade()
        return wants if self.kubernetes.waits else [*wants, *data.upgrade(self.settings, self.live)]

    def tell(self, wants: list[Want]) -> None:
        """
        Say what there is and where it goes.

        + wants: everything the settings want
        """
        for line in table(self.settings, self.live, self.kubernetes, wants):
            host.log(line)
        for line in self.next:
            host.log_styled(line, fg="yellow")

    @property
    def next(self) -> list[str]:
        """What a person has to know of this run and the next, a line each."""
        kubernetes, hours = self.kubernetes, self.settings.upgrade_bake_hours
        lines = []
        if kubernetes.bakes_until:
            until = f"{kubernetes.bakes_until:{WATCHED}}"
            lines.append(f"Kubernetes {kubernetes.live} is watched until {until}: run it again then for the nodes (or with upgrade_bake_hours=0)")
        elif kubernetes.waits:
            lines.append(f"this run takes the control plane to {kubernetes.step}; it is watched for {hours} hours then, and the next run takes the nodes")
        elif kubernetes.step != kubernetes.wanted:
            lines.append(f"Kubernetes goes one minor version at a time: run it again for {kubernetes.wanted}")
        if "airflow_version" in (moving := data.moving(self.settings, self.live)) and not kubernetes.waits:
            lines.append(
                f"Airflow {self.live['airflow_version']} -> {self.settings.airflow_version}: its migrations change the schema of database "
                f"{self.settings.db_endpoint or self.settings.deployment} and are not undone; {self._kept}"
            )
        if moving and not kubernetes.waits:
            lines.append(f"no task is begun meanwhile, and those that run are given {self.settings.upgrade_drain_minutes} minutes to end")
        elif moving:
            lines.append("the database and Airflow come when the nodes have followed")
        return lines

    @property
    def _kept(self) -> str:
        return (
            "it is not the deployment's, and no snapshot is taken"
            if self.settings.db_endpoint
            else f"a snapshot {self.settings.deployment}-airflow-... is taken first"
        )

    def check(self) -> None:
        """Raise `PyinfraError` for what has to be mended first."""
        lines = list(obstacles(self.settings, self.live, self.kubernetes))
        for line in lines:
            host.log_styled(f"! {line}", fg=COLOURS["refused"])
        if lines:
            raise PyinfraError(f"{host.name}: {len(lines)} things are in the way of an upgrade (listed above); nothing was sent")

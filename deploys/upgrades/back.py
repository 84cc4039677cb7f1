"""The way back from an upgrade, and what is lost on it."""

from __future__ import annotations

from datetime import datetime, timezone
from functools import cached_property

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from deploys.upgrades.kubernetes import SETTING, Kubernetes
from deploys.upgrades.stages import WATCHED
from deploys.versions import WHAT, running
from deploys.want import Want
from facts.rds import Snapshots
from settings import Settings
from settings.versions import minor, numbers, within


class Rollback:
    """
    A run that takes a deployment back to the older versions its inventory names.

    + settings: of the deployment
    """

    def __init__(self, settings: Settings):
        self.settings, self.live = settings, running(settings)
        if SETTING not in self.live:
            raise PyinfraError(f"{host.name}: nothing runs here that could be rolled back")
        self.kubernetes = Kubernetes(settings, self.live)

    @cached_property
    def wants(self) -> list[Want]:
        """What it does, in order."""
        return self.kubernetes.rollback() if self.kubernetes.older else []

    def check(self) -> None:
        """Raise `PyinfraError` for what does not go back."""
        lines = [*self._kubernetes(), *self._data()]
        if lines:
            raise PyinfraError("\n".join([f"{host.name}: it does not go back, and nothing was sent:", *(f"    {line}" for line in lines)]))

    def tell(self) -> None:
        """Say what is lost, before anything is done."""
        if not self.wants:
            host.log_styled("nothing to roll back: no older version is named than the ones that run", fg="yellow")
            return
        kubernetes = self.kubernetes
        host.log_styled(
            f"Kubernetes {kubernetes.live} -> {kubernetes.wanted}, possible until {kubernetes.back_until:{WATCHED}}: nodes first, which replaces those that "
            f"moved; objects stay as they are, and what only {kubernetes.live} knows of them is lost",
            fg="yellow",
        )

    def _kubernetes(self):
        kubernetes = self.kubernetes
        if not kubernetes.older:
            return
        if kubernetes.wanted != minor(kubernetes.live, -1):
            yield f"Kubernetes {kubernetes.live}: EKS goes back one minor version, to {minor(kubernetes.live, -1)}, and {SETTING} names {kubernetes.wanted}"
        elif not (until := kubernetes.back_until):
            yield f"Kubernetes {kubernetes.live}: it was not upgraded, or was rolled back already, so there is nothing EKS could go back to"
        elif until < datetime.now(timezone.utc):
            yield f"Kubernetes {kubernetes.live}: EKS could go back until {until:{WATCHED}}: only going on is left"

    def _data(self):
        for setting in ("airflow_version", "db_engine_version"):
            live, wanted = self.live.get(setting), getattr(self.settings, setting)
            if live and not within(live, wanted) and numbers(wanted) < numbers(live):
                yield f"{WHAT[setting]} {live} -> {wanted}: its data do not go back; {self._snapshots(setting, live, wanted)}"

    def _snapshots(self, setting: str, live: str, wanted: str) -> str:
        name = self.settings.deployment
        begins = f"{name}-{'airflow' if setting == 'airflow_version' else 'postgres'}-{wanted}".replace(".", "-")
        taken = [item["DBSnapshotIdentifier"] for item in host.get_fact(Snapshots, snapshots=begins, instance=name) or ()]
        return f"what they were before is in snapshot {' or '.join(taken)}" if taken else f"no snapshot {begins}-... from before the upgrade is there"

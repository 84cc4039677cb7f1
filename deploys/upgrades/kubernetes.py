"""Kubernetes, one minor version at a time: the control plane first, then, when it was watched for a while, the nodes and what follows them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from pyinfra.context import host

from deploys.platform.cluster import NODEGROUP
from deploys.run import listed
from deploys.upgrades import chosen, given
from deploys.want import Want, want
from facts.eks import Cluster, LastUpgrade, Nodegroup
from operations import eks
from settings import Settings
from settings.versions import minor, numbers

SETTING = "kubernetes_version"
ADDONS = ("eks.addon", "eks.addon_active")
POOLS = ("k8s.bundle karpenter-tasks", "k8s.bundle karpenter-spark")
CONTROL_PLANE = (*ADDONS, *POOLS, "eks.cluster", "eks.cluster_active")
NODES = ("eks.nodegroup", "eks.nodegroup_active", *ADDONS)
AFTER = ("helm.crds", "helm.release", *POOLS, "k8s.ready")
"""What moves in each stage, in its order."""

WINDOW = timedelta(days=7)
"""How long EKS can roll a version back."""


class Kubernetes:
    """
    Where a cluster stands between two versions.

    + settings: of the deployment, with the versions it is to have
    + live: the versions it has, by setting
    """

    def __init__(self, settings: Settings, live: dict[str, str]):
        self.settings, self._others = settings, live
        self.live, self.wanted = live[SETTING], settings.kubernetes_version
        self.group = host.get_fact(Nodegroup, nodegroup=NODEGROUP, cluster=settings.deployment) or {}
        self.nodes = self.group.get("version", self.live)
        self._last = host.get_fact(LastUpgrade, cluster=settings.deployment) if self.behind or self.older else None

    @property
    def behind(self) -> bool:
        """Whether nodes have to follow the control plane."""
        return numbers(self.nodes) < numbers(self.live)

    @property
    def newer(self) -> bool:
        """Whether a newer version is wanted."""
        return numbers(self.wanted) > numbers(self.live)

    @property
    def older(self) -> bool:
        """Whether an older version is wanted."""
        return numbers(self.wanted) < numbers(self.live)

    @property
    def step(self) -> str:
        """The version this run goes to."""
        return minor(self.live, 1) if self.newer and not self.behind else self.live

    @property
    def bakes_until(self) -> datetime | None:
        """When nodes may follow, while they may not yet."""
        if not self.behind or not self._last:
            return None
        end = self._began + timedelta(hours=self.settings.upgrade_bake_hours) / host.connector.pace()
        return end if end > datetime.now(timezone.utc) else None

    @property
    def back_until(self) -> datetime | None:
        """Until when EKS rolls the last upgrade back; ``None`` where there was none, or it was rolled back."""
        return self._began + WINDOW / host.connector.pace() if self._last and self._last["type"] == "VersionUpdate" else None

    @property
    def _began(self) -> datetime:
        return datetime.fromisoformat(self._last["createdAt"])

    @property
    def waits(self) -> bool:
        """Whether this run ends with a control plane that is watched."""
        return bool(self.bakes_until) or (self.step != self.live and self.settings.upgrade_bake_hours > 0)

    def upgrade(self) -> list[Want]:
        """What this run does about it; nothing while the control plane is watched."""
        control = self._control_plane() if self.step != self.live else []
        return control if self.waits else [*control, *self._nodes(self.step)]

    def rollback(self) -> list[Want]:
        """The way back to the version before: nodes and add-ons first, then the control plane, where EKS finds it ready."""
        to = minor(self.live, -1)
        wants = self._wants(to, held=True)
        ready = want(eks.insights, self.settings.deployment, version=to, category="ROLLBACK_READINESS")
        return [
            *self._settled("eks.nodegroup_active", self.group, wants),
            *_each(chosen(wants, *NODES), {"eks.nodegroup": {"behind": 0}, "eks.addon": {"kubernetes": self.live, "fit": [to]}}),
            ready,
            *_each(chosen(wants, "eks.cluster", "eks.cluster_active"), {"eks.cluster": {"back": True}}),
            *chosen(self._wants(to), *AFTER),
        ]

    def _control_plane(self) -> list[Want]:
        wants = self._wants(self.step, held=True)
        cluster = host.get_fact(Cluster, cluster=self.settings.deployment) or {}
        return [
            *self._settled("eks.cluster_active", cluster, wants),
            want(eks.insights, self.settings.deployment, version=self.step),
            *_each(chosen(wants, *CONTROL_PLANE), {"eks.addon": {"kubernetes": self.live, "fit": [self.live, self.step]}}),
        ]

    def _nodes(self, version: str) -> list[Want]:
        wants = self._wants(version)
        fields = {"eks.nodegroup": {"behind": 0}, "eks.addon": {"kubernetes": version, "fit": [version]}}
        return [*self._settled("eks.nodegroup_active", self.group, wants), *_each(chosen(wants, *NODES, *AFTER), fields)]

    def _wants(self, version: str, held: bool = False) -> list[Want]:
        """Everything, with another version of Kubernetes, and of all else the one it has."""
        others = {**self._others, SETTING: version}
        others["db_engine_version"] = self._others.get("db_engine_version", self.settings.db_engine_version).partition(".")[0]
        return listed(self.settings.running(others, held))

    @staticmethod
    def _settled(wait: str, thing: dict, wants: list[Want]) -> list[Want]:
        """A wait for what an earlier run began: what comes after looks anew."""
        return chosen(wants, wait) if thing.get("status") == "UPDATING" else []


def _each(wants: list[Want], fields: dict[str, dict]) -> list[Want]:
    return [given(item, **fields.get(item.kind, {})) for item in wants]

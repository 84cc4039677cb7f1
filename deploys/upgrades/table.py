"""The table of an upgrade: what there is, what it has, what this run takes it to, what is newest, why, and how long it is looked after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date

from pyinfra.context import host

from deploys.platform.cluster import NODEGROUP
from deploys.upgrades.data import moving
from deploys.upgrades.kubernetes import Kubernetes
from deploys.versions import WHAT
from deploys.want import Want
from facts.eks import Addon, AddonVersions, ClusterVersions
from facts.helm import Release
from facts.rds import UpgradeTargets
from operations.eks.addons import fitting
from settings import Settings
from settings.support import NEWEST
from settings.versions import known, last_day, numbers

HEAD = ("component", "now", "next", "newest", "why", "support ends")


@dataclass(frozen=True)
class Row:
    """
    A component.

    + what: its name
    + now, next, newest: its version, the one after this run, and the newest there is
    + why: what decides on the next
    + ends: the last day of its support
    """

    what: str
    now: str
    next: str
    newest: str = ""
    why: str = ""
    ends: str = ""


def table(settings: Settings, live: dict[str, str], kubernetes: Kubernetes, wants: list[Want]) -> list[str]:
    """
    The table, a line each.

    + settings: with the versions that are wanted
    + live: the versions of what runs, by setting
    + kubernetes: where the cluster stands
    + wants: everything the settings want
    """
    rows = [astuple(row) for row in (*_kubernetes(settings, kubernetes, wants), *_data(settings, live, kubernetes.waits), *_charts(settings, wants))]
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in (HEAD, *rows)]


def _kubernetes(settings: Settings, kubernetes: Kubernetes, wants: list[Want]) -> Iterator[Row]:
    offered = [item["clusterVersion"] for item in host.get_fact(ClusterVersions) or () if item["versionStatus"] == "STANDARD_SUPPORT"]
    until = kubernetes.bakes_until
    why = f"watched until {until:%Y-%m-%d %H:%M} UTC" if until else _named(settings, "kubernetes_version")
    newest = max(offered, key=numbers, default="")
    yield Row("Kubernetes", kubernetes.live, kubernetes.step, newest, why, _ends("kubernetes_version", kubernetes.live))
    follow = kubernetes.nodes if kubernetes.waits else kubernetes.step
    yield Row(f"nodes of {NODEGROUP}", kubernetes.nodes, follow, "", "follow once the control plane was watched" if kubernetes.waits else "follow Kubernetes")
    fit = list(dict.fromkeys([kubernetes.live, kubernetes.step] if kubernetes.waits else [kubernetes.step]))
    for addon in [want for want in wants if want.kind == "eks.addon" and want.present]:
        now = host.get_fact(Addon, addon=addon.subject, cluster=settings.deployment) or {}
        version, pinned = now.get("addonVersion", ""), settings.addon_versions.get(addon.subject)
        names = [item["addonVersion"] for item in host.get_fact(AddonVersions, addon=addon.subject, kubernetes=fit[-1]) or ()]
        to = fitting(addon.subject, version, pinned, fit) if version and not until else None
        yield Row(f"add-on {addon.subject}", version, to or version, max(names, key=numbers, default=""), f"{'pinned, ' if pinned else ''}{_fits(fit)}")


def _data(settings: Settings, live: dict[str, str], later: bool) -> Iterator[Row]:
    for setting in ("db_engine_version", "airflow_version"):
        now = live.get(setting, "")
        targets = host.get_fact(UpgradeTargets, version=now) or [] if setting == "db_engine_version" and now else []
        moves = setting in moving(settings, live)
        to = getattr(settings, setting) if moves and not later else now
        why = f"{_named(settings, setting)}{', after the nodes' if moves and later else ''}"
        newest = max([now, *targets, NEWEST.get(setting, now)], key=numbers)
        yield Row(WHAT[setting], now, to, newest, why, _ends(setting, now) if now else "")
    yield Row("Airflow's providers", "", "", "", "those of its image")


def _charts(settings: Settings, wants: list[Want]) -> Iterator[Row]:
    for release in [want for want in wants if want.kind == "helm.release" and want.present]:
        live = host.get_fact(Release, release=release.subject, namespace=release.fields["namespace"]) or {}
        pinned = release.fields["version"]
        now = live.get("chart", {}).get("version", "")
        yield Row(f"chart {release.subject}", now, pinned, NEWEST.get(release.fields["chart"], ""), "charts")
    if settings.enable_karpenter:
        yield Row("image of Karpenter's nodes", settings.karpenter_image, settings.karpenter_image, "", "karpenter_image")


def _named(settings: Settings, setting: str) -> str:
    return f"no {setting} is named" if settings.defaulted(setting) else f"{setting} = {getattr(settings, setting)}"


def _fits(fit: list[str]) -> str:
    return f"fits {' and '.join(fit)}"


def _ends(setting: str, version: str) -> str:
    today, end = date.today(), last_day(setting, version)
    if end is None:
        return ""
    holes = [fault for fault in known(setting, version, today) if fault.startswith("has ")]
    left = (end - today).days
    return ", ".join([f"{end}, {f'{left} days' if left >= 0 else f'{-left} days ago'}", *holes])

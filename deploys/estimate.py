"""How long a run takes: its steps in their order, with the time AWS is known to need for what they start and what they wait for."""

from __future__ import annotations

from deploys.want import Want
from settings.durations import SECONDS

MADE = {
    "iam.role": ["iam role usable"],
    "ec2.nat_gateway": ["ec2 nat gateway create"],
    "eks.cluster": ["eks cluster create"],
    "eks.addon": ["eks addon create"],
    "eks.nodegroup": ["eks nodegroup launch", "eks nodegroup create"],
    "efs.file_system": ["efs file system create"],
    "efs.mount_target": ["efs mount target create"],
    "amp.workspace": ["amp workspace create"],
    "acm.certificate": ["acm certificate issue"],
    "elbv2.load_balancer": ["elb create"],
}
REMOVED = {
    "ec2.nat_gateway": ["ec2 nat gateway delete"],
    "eks.cluster": ["eks cluster delete"],
    "eks.addon": ["eks addon delete"],
    "eks.nodegroup": ["eks nodegroup delete"],
    "efs.mount_target": ["efs mount target delete"],
    "amp.workspace": ["amp workspace delete"],
    "elbv2.load_balancer": ["elb delete"],
}
"""By kind of want, what passes in AWS until it is ready, or gone. Everything else is made and removed at once."""

AWAITED_BY = {
    "ec2.nat_gateway": "ec2.nat_available",
    "eks.cluster": "eks.cluster_active",
    "eks.addon": "eks.addon_active",
    "eks.nodegroup": "eks.nodegroup_active",
    "efs.mount_target": "efs.available",
    "rds.instance": "rds.available",
    "amp.workspace": "amp.workspace_active",
    "acm.certificate": "acm.issued",
}
"""What waits for a thing that is being made; mirrored, it starts the removal, and the thing itself waits."""

MADE_FOR = {"k8s.bundle airflow-ingress": ("elbv2.load_balancer", "elb create")}
"""What a controller makes for a step."""

MEANWHILE = {
    ("eks.insights", "change"): "eks insights refresh",
    ("eks.cluster", "change"): "eks cluster version",
    ("eks.nodegroup", "change"): "eks nodegroup version",
    ("eks.addon", "change"): "eks addon update",
    ("rds.snapshot", "create"): "rds snapshot create",
    ("airflow.stopped", "change"): "pods start",
}
"""What a step waits for itself, by kind and verb: at most."""

WORK = {"helm.release": 1.5, "helm.crds": 1, "k8s.bundle": 0.5}
LITTLE = 0.15
"""Seconds of a run's own work on a step, by kind: requests and charts. In the sandbox they pass no faster than elsewhere."""

Thing = tuple[str, str]
"""Kind and identity of what AWS makes or removes."""


def making(want: Want) -> float:
    """AWS's seconds until a thing is ready."""
    if want.kind == "rds.instance":
        create = "rds instance create multi-az" if want.fields["multi_az"] else "rds instance create"
        return _seconds([create, "rds instance backing-up"] if want.fields["backup_days"] else [create])
    return _seconds(MADE.get(want.kind, []))


def removing(want: Want) -> float:
    """AWS's seconds until a thing is gone; the step that starts its removal tells as much as the thing itself."""
    kind = _thing(want)[0]
    if kind == "rds.instance":
        return _seconds(["rds snapshot create", "rds instance delete"] if want.fields["final_snapshot"] else ["rds instance delete"])
    return _seconds(REMOVED.get(kind, []))


def left(steps: list[tuple[Want, str]], began: dict[str, float], ended: dict[str, float], now: float, pace: float) -> float:
    """
    Seconds a run will still take.

    + steps: what it does, in its order, each with its verb
    + began, ended: when steps have begun and ended, by name (seconds of any clock)
    + now: the same clock's time
    + pace: how many of AWS's seconds pass in one
    """
    then, ready = now, {}
    for want, verb in steps:
        name = str(want)
        begins = began.get(name, then)
        if name not in ended:
            event = MEANWHILE.get((want.kind, verb)) or ("pods start" if want.kind == "k8s.ready" else None)
            work = WORK.get(want.kind, LITTLE) + (SECONDS[event] / pace if event else 0)
            then = max(then, begins + work, *(at for thing, at in ready.items() if _same(thing, _thing(want))))
        for thing, seconds in _started(want, verb):
            ready[thing] = begins + seconds / pace
    return then - now


def _started(want: Want, verb: str) -> list[tuple[Thing, float]]:
    """What goes on in AWS once a step is done."""
    kind, subject = _thing(want)
    if verb == "remove":
        return [((kind, subject), removing(want))] if want.kind in AWAITED_BY.values() else []
    made_for = [((made, ""), float(SECONDS[event])) for step, (made, event) in MADE_FOR.items() if str(want).startswith(step)]
    return [((kind, subject), making(want)), *made_for] if kind in AWAITED_BY and verb == "create" else made_for


def _thing(want: Want) -> Thing:
    """What a step makes, removes or waits for."""
    return next((kind for kind, waits in AWAITED_BY.items() if waits == want.kind), want.kind), want.subject


def _same(thing: Thing, awaited: Thing) -> bool:
    """Whether a step waits for a thing: a file system for each of its mount targets, whose names begin with its own."""
    return thing[0] == awaited[0] and (thing[1] in ("", awaited[1]) or thing[1].startswith(f"{awaited[1]}-"))


def _seconds(events: list[str]) -> float:
    return sum(SECONDS[event] for event in events)

"""
Comparing a Kubernetes object with what we want of it field by field, without asking the API server what it would make of it.

Every field of ours has to be in the live object; defaults, status and fields of others do not count.
"""

from __future__ import annotations

import base64

KEYED = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "volumes": ("name",),
    "webhooks": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port", "protocol"),
}
"""Lists of which several may own parts, and what tells their items apart; any other list is one value."""

DEFAULTS = {"protocol": "TCP"}


UNSAID = ({}, [], "", False, 0)
"""What the API server leaves out of most of its answers."""


def laid_over(live, ours, field: str = ""):
    """
    The live object as it would be with every field of ours; it equals ``live`` when nothing of ours is missing or different.

    + live: as the API server answers it
    + ours: the manifest
    + field: the name of the field both stand in
    """
    if isinstance(ours, dict) and isinstance(live, dict):
        return _mapping(live, ours)
    if isinstance(ours, list) and isinstance(live, list):
        keys = [key for key in KEYED.get(field, ()) if any(key in item for item in ours if isinstance(item, dict))]
        if keys and all(isinstance(item, dict) for item in (*live, *ours)):
            return _keyed(live, ours, keys)
        if len(live) == len(ours):
            return [laid_over(*pair) for pair in zip(live, ours, strict=True)]
    return live if _same(live, ours) else ours


def _mapping(live: dict, ours: dict) -> dict:
    ours = {key: value for key, value in _encoded(ours).items() if value is not None and (value not in UNSAID or key in live)}
    return {**live, **{key: laid_over(live.get(key), value, key) for key, value in ours.items()}}


def _keyed(live: list, ours: list, keys: list) -> list:
    def identity(item):
        return tuple(item.get(key, DEFAULTS.get(key)) for key in keys)

    wanted = {identity(item): item for item in ours}
    present = {identity(item) for item in live}
    found = [laid_over(item, wanted[identity(item)]) if identity(item) in wanted else item for item in live]
    return found + [item for which, item in wanted.items() if which not in present]


def _encoded(ours: dict) -> dict:
    """A Secret's ``stringData``, which the API server keeps in ``data``."""
    if ours.get("kind") != "Secret" or not ours.get("stringData"):
        return ours
    data = {key: base64.b64encode(str(text).encode()).decode() for key, text in ours["stringData"].items()}
    return {**{key: value for key, value in ours.items() if key != "stringData"}, "data": {**(ours.get("data") or {}), **data}}


def _same(live, ours) -> bool:
    if live == ours:
        return True
    if isinstance(live, str) and isinstance(ours, (str, int, float)) and not isinstance(ours, bool):
        from kubernetes.utils.quantity import parse_quantity

        try:
            return parse_quantity(live) == parse_quantity(str(ours))
        except ValueError:
            return False
    return False

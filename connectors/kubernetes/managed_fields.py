"""
Whether an object still has all that its manager applied to it last, as its ``managedFields`` tell.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

import json


def gives_up(live: dict, item: dict, manager: str) -> bool:
    """
    Whether a manager owns a field of an object that it would not set any more, or applied nothing of it: then the API server has to be asked what comes of it.

    + live: the object
    + item: the manifest, secrets in clear
    + manager: who applies it
    """
    applied = [entry for entry in live["metadata"].get("managedFields") or () if entry["manager"] == manager and entry["operation"] == "Apply"]
    return not applied or any(not _all_of(entry.get("fieldsV1") or {}, item) for entry in applied)


def _all_of(fields: dict, item) -> bool:
    """Whether a manifest has every one of the fields, as ``fieldsV1`` writes them."""
    return all(_has(field, below, item) for field, below in fields.items() if field != ".")


def _has(field: str, below: dict, item) -> bool:
    how, _, what = field.partition(":")
    if how == "f":
        item = _encoded(item) if what == "data" else item
        return isinstance(item, dict) and what in item and _all_of(below, item[what])
    if not isinstance(item, list):
        return False
    wanted = json.loads(what)
    if how == "v":
        return wanted in item
    found = [each for each in item if isinstance(each, dict) and all(each.get(key, value) == value for key, value in wanted.items())]
    return bool(found) and _all_of(below, found[0])


def _encoded(item):
    """A Secret's ``stringData``, which the API server keeps in ``data``."""
    return {**item, "data": {**(item.get("data") or {}), **item["stringData"]}} if isinstance(item, dict) and item.get("stringData") else item

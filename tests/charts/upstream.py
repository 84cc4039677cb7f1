"""Upstream's values in the reference folder, and what of ours they do not know."""

import json
import os
from pathlib import Path

import pytest
import yaml


def folder(chart: str) -> Path:
    """Where a chart's values are; skips without REFERENCE, fails when it is set and the chart is missing."""
    reference = os.environ.get("REFERENCE")
    if not reference:
        pytest.skip("REFERENCE is unset: upstream's values of the charts are in the folder it names")
    found = Path(reference) / chart
    assert found.is_dir(), f"REFERENCE is {reference}, and {found} is not there"
    return found


def values(chart: str) -> dict:
    """Upstream's own values."""
    return yaml.safe_load((folder(chart) / "values.yaml").read_text()) or {}


def schema(chart: str) -> dict:
    """Upstream's schema."""
    return json.loads((folder(chart) / "values.schema.json").read_text())


def unknown(ours, theirs, free: set[str], path: str = "") -> list[str]:
    """
    The keys of ours that upstream's values do not have.

    + free: paths of mappings in which any key may stand
    """
    if not isinstance(ours, dict) or path in free:
        return []
    if not isinstance(theirs, dict):
        return [f"{path} is no mapping in upstream's values"]
    found = []
    for key, value in ours.items():
        here = f"{path}.{key}" if path else key
        found += [here] if key not in theirs else unknown(value, theirs[key], free, here)
    return found


def at(tree, path: str):
    """The value at a dotted path."""
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree

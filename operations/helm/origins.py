"""Where charts come from."""

from __future__ import annotations

from pathlib import Path

import yaml
from pyinfra.api.exceptions import OperationError


def origin_of(chart: str, version: str, source: str) -> list[str]:
    """
    What helm calls a chart by; raises `OperationError` for one that is not in its directory.

    + chart: its name
    + version: its exact version
    + source: a directory, ``https://...`` or ``oci://...``
    """
    if source.startswith("oci://"):
        return [f"{source.rstrip('/')}/{chart}", "--version", version]
    if source.startswith(("https://", "http://")):
        return [chart, "--repo", source, "--version", version]
    directory = Path(source)
    archive, folder = directory / f"{chart}-{version}.tgz", directory / chart
    if archive.is_file():
        return [str(archive)]
    found = _chart_version(folder)
    if found != version:
        there = f"{folder.name} {found} is there" if found else "there is neither"
        raise OperationError(f"chart {chart} {version} is not in {source}: {archive.name} or {chart}/ of that version was wanted, {there}: run `make charts`")
    return [str(folder)]


def _chart_version(folder: Path) -> str | None:
    try:
        return str(yaml.safe_load((folder / "Chart.yaml").read_text())["version"])
    except (OSError, KeyError, TypeError, yaml.YAMLError):
        return None

"""Files and directories that settings name."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

PATHS = ("airflow_packages", "chart_mirror", "db_ca_bundle", "html", "json", "junit", "manifests", "values_files")


def placed(data: dict[str, Any], typed: Collection[str], inventory: Path | None) -> dict[str, Any]:
    """
    Returns the data with whole paths: what an inventory names is beside it, what is typed on the command line is in the working directory.

    + data: a host's
    + typed: the settings that were given with `--data`
    + inventory: the inventory's directory; None where there is no file
    """
    there = {setting: Path.cwd() if setting in typed or inventory is None else inventory for setting in PATHS}
    return {setting: _whole(value, there[setting]) if setting in there else value for setting, value in data.items()}


def _whole(value: Any, directory: Path) -> Any:
    if isinstance(value, dict):
        return {key: _whole(item, directory) for key, item in value.items()}
    named = isinstance(value, str) and value not in ("", "global") and "://" not in value
    return str(directory / Path(value).expanduser()) if named else value

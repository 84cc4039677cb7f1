"""Files and directories that settings name."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

PATHS = ("chart_mirror", "db_ca_bundle", "html", "json", "junit")


def placed(data: dict[str, Any], typed: Collection[str], inventory: Path | None) -> dict[str, Any]:
    """
    Returns the data with whole paths: what an inventory names is beside it, what is typed on the command line is in the working directory.

    + data: a host's
    + typed: the settings that were given with `--data`
    + inventory: the inventory's directory; None where there is no file
    """
    there = {setting: Path.cwd() if setting in typed or inventory is None else inventory for setting in PATHS}
    return {setting: str(there[setting] / Path(value).expanduser()) if setting in there and _is_path(value) else value for setting, value in data.items()}


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", "global") and "://" not in value

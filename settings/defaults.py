"""The defaults, read from the one place that holds them."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import Any

from .root import ROOT

FILE = ROOT / "inventories" / "group_data" / "all.py"


@cache
def _read() -> dict[str, Any]:
    return {setting: value for setting, value in run_path(str(FILE)).items() if not setting.startswith("_")}


def beside(inventory: Path | None) -> bool:
    """
    Returns whether the group data that pyinfra finds beside an inventory are the project's own defaults.

    + inventory: the directory it is in; None where there is no file
    """
    found = inventory and inventory / "group_data" / FILE.name
    return bool(found and found.exists() and found.samefile(FILE))


def defaults() -> dict[str, Any]:
    """Returns every setting that has a default, with it; also for an inventory kept elsewhere, whose group data pyinfra does not find here."""
    return deepcopy(_read())

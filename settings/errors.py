"""What is wrong with the settings, one line for each."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from .keys import nearest
from .promises import SECRETS

LONGEST_SHOWN = 120
SECRET = re.compile(rf"('[^']*{SECRETS}': )('[^']*'|\"[^\"]*\")", re.IGNORECASE)
WANTED = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "string_type": "text",
    "list_type": "a list, as a,b",
    "dict_type": 'a map, as {{"key": "value"}}',
    "literal_error": "{expected}",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
}


class SettingsError(Exception):
    """The settings cannot be used: `lines` says what is wrong, a line for each setting."""

    def __init__(self, lines: list[str]):
        self.lines = [" ".join(line.split()) for line in lines]
        super().__init__("\n".join(self.lines))


def explained(error: ValidationError, names: Iterable[str]) -> dict[str, list[str]]:
    """Returns what is wrong as lines by setting; `names` are those to choose the nearest right one from."""
    lines: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False):
        setting = str(fault["loc"][0])
        lines.setdefault(setting, []).append(_line(setting, fault, names))
    return lines


def _line(setting: str, fault: dict[str, Any], names: Iterable[str]) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{where} is not a setting" + (nearest(setting, names) if where == setting else "")
    if fault["type"] == "missing":
        return f"{where} is not set" + (": a host is written @eks/<deployment>" if where == "deployment" else "")
    if fault["type"] in WANTED:
        wanted = "wanted " + WANTED[fault["type"]].format(**fault.get("ctx", {}))
    else:
        wanted = str(fault.get("ctx", {}).get("error", fault["msg"]))
    return f"{where} is {_shown(fault['input'])}: {wanted}"


def _shown(value: Any) -> str:
    shown = SECRET.sub(r"\1'***'", repr(value))
    shown = re.sub(r"([?#])[^'\"]*", r"\1***", re.sub(r"(?<=//)[^'\"]*@|[^\s'\"/]*@", "***@", shown))
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}..."

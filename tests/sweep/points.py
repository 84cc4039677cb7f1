"""The points of a run: each call that changes AWS and each command of helm or kubectl that changes the cluster, in order."""

import re
from collections import Counter

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ID = re.compile(rf"\b((?:[a-z]+-)*)(?:{UUID}|[0-9a-f]{{8,17}}|(?=[a-z]*[0-9])[0-9a-z]{{16,}}|[0-9]{{5,}})\b")
"""Ids and times are others in each sandbox."""

SHORT = 100
UNTOLD = ("Description", "Document", "Pattern", "Policy", "Token", "token", "Value")


def point(call: dict) -> str:
    """What a call or a command does to what, the same in every sandbox."""
    words = " ".join(_names(call["params"]))
    return ID.sub(r"\1*", f"{call['service']} {call['action']} {words}".strip())[:SHORT]


def numbered(calls: list[dict]) -> list[str]:
    """The points of calls; what comes more than once is counted."""
    seen, found = Counter(), []
    for name in map(point, calls):
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def _names(params: dict) -> list[str]:
    if "arguments" in params:
        return [word for word in params["arguments"] if re.fullmatch(r"[a-z0-9][a-z0-9.-]*", word)][:3] + params["objects"][:3]
    tags = [tag.get("Value") for part in params.get("TagSpecifications", ()) for tag in part.get("Tags", ()) if tag.get("Key") == "Name"]
    return tags or [value for name, value in params.items() if isinstance(value, str) and not name.endswith(UNTOLD)][:2]

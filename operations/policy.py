"""IAM policy documents: whether two say the same, however AWS or we spell them."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from urllib.parse import unquote

from connectors.commands.reference import known
from operations.differ import Change

LISTS = ("Action", "NotAction", "Resource", "NotResource")
PRINCIPALS = ("Principal", "NotPrincipal")


def changed(field: str, now, wanted) -> tuple[Change, ...]:
    """
    The change between two policy documents, none when they mean the same; ``None`` is not managed.

    + field: what the document is called in a diff
    + now, wanted: mappings, or JSON text as some of AWS's services answer it
    """
    if wanted is None:
        return ()
    now, wanted = _read(now), _read(known(wanted))
    return () if _canonical(now) == _canonical(wanted) else (Change(field, now, wanted),)


def allowed(policy: dict, statement: dict) -> bool:
    """
    Whether a policy allows to a principal all the actions that a statement does; conditions are not looked at.

    + policy: the document
    + statement: an ``Allow`` for one principal
    """
    (kind, whom), *_ = statement["Principal"].items()
    actions: set = set()
    for item in _canonical(policy)["Statement"]:
        names = (item.get("Principal") or {}).get(kind, [])
        if item["Effect"] == "Allow" and ({"*", _principal(whom)} & set(names)):
            actions.update(item.get("Action", ()))
    return all(any(fnmatchcase(wanted.lower(), pattern.lower()) for pattern in actions) for wanted in statement["Action"])


def _read(document):
    if isinstance(document, str) and document.lstrip().startswith(("{", "%7B")):
        return json.loads(document if document.lstrip().startswith("{") else unquote(document))
    return document


def _canonical(document):
    if not isinstance(document, dict):
        return document
    statements = document.get("Statement", [])
    statements = [_statement(item) for item in (statements if isinstance(statements, list) else [statements])]
    return {"Version": document.get("Version", "2008-10-17"), "Statement": sorted(statements, key=_text)}


def _statement(statement: dict) -> dict:
    said = {key: value for key, value in statement.items() if not (key == "Sid" and not value)}
    for key in LISTS:
        if key in said:
            said[key] = _listed(said[key])
    for key in PRINCIPALS:
        if key in said:
            who = {"AWS": "*"} if said[key] == "*" else said[key]
            said[key] = {kind: sorted(_principal(item) for item in _listed(names)) for kind, names in who.items()}
    if "Condition" in said:
        said["Condition"] = {
            test: {
                key.lower(): sorted(_text(item).lower() if isinstance(item, bool) else str(item) for item in _listed(values)) for key, values in keys.items()
            }
            for test, keys in said["Condition"].items()
        }
    return said


def _listed(value) -> list:
    return sorted(set(value), key=str) if isinstance(value, (list, tuple)) else [value]


def _principal(name) -> str:
    name = str(name)
    return account[1] if (account := re.fullmatch(r"arn:[a-z-]+:iam::(\d{12}):root", name)) else name


def _text(value) -> str:
    return json.dumps(value, sort_keys=True, default=str)

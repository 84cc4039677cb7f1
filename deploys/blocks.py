"""How a plan reads: one block for each thing, its fields as ``field: now -> wanted``, the same change of many parts in one line."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from itertools import zip_longest
from os.path import commonprefix

from pyinfra.api import HiddenValue

from deploys.want import Want
from operations.differ import Change
from operations.documents import differing_leaves

FIELDS = 30
"""Lines of one block; the rest is counted."""

WIDTH = 100
"""Characters of one value."""

TEXT_LINES = 8
"""Lines of a text that changed."""

ITEM = re.compile(r"\[[^\]]+\]")
CHECKSUM = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,}\b")

UNTOLD = ("tags", "trust", "policy", "policies", "description", "overlay", "objects", "jobs", "source")
"""Arguments that tell a person little about a new thing."""


def telling(want: Want) -> str:
    """The arguments of a new thing that tell most about it, on one line."""
    found = {field: _plain(value) for field, value in want.fields.items() if field not in UNTOLD}
    return ", ".join(f"{field}: {text}" for field, text in found.items() if text and len(text) <= WIDTH)


def told(changes, most: int | None = FIELDS, new: bool = False) -> list[str]:
    """
    Changes as a person reads them, a line for each field.

    + changes: of one thing
    + most: lines at most, ``None`` for all
    + new: whether there is no thing yet: what it will be is told, not that it is not
    """
    groups: dict[tuple, list[Change]] = {}
    seen = Counter()
    for leaf in (leaf for change in changes for leaf in _leaves(change)):
        alike = (ITEM.sub("[*]", leaf.field) if leaf.part else leaf.field, repr(leaf.now), repr(leaf.wanted), not leaf.part)
        seen[leaf.part, alike] += 1
        groups.setdefault((alike, seen[leaf.part, alike]), []).append(leaf)
    lines = [line for group in groups.values() for line in _lines(_together(group), group[0], new)]
    if most is None or len(lines) <= most + 1:
        return lines
    return [*lines[:most], f"and {len(lines) - most} more lines: -v shows them, --data json=FILE keeps them"]


def _leaves(change: Change):
    """A document that changed within, taken apart."""
    both = (change.now, change.wanted)
    if all(isinstance(value, dict) for value in both) or all(isinstance(value, list) and any(isinstance(item, dict) for item in value) for value in both):
        inner = differing_leaves(change.part, *both)
        return [Change(f"{change.field}{'' if leaf.field.startswith('[') else '.'}{leaf.field}", leaf.now, leaf.wanted, leaf.part) for leaf in inner] or [
            change
        ]
    return [change]


def _together(group: list[Change]) -> str:
    parts = list(dict.fromkeys(change.part for change in group if change.part))
    who = ", ".join(parts if len(parts) <= 2 else [parts[0], f"{len(parts) - 1} more"])
    field = group[0].field if all(change.field == group[0].field for change in group) else ITEM.sub("[*]", group[0].field)
    return " ".join(filter(None, (who, field)))


def _lines(name: str, change: Change, new: bool) -> list[str]:
    if new:
        return [name if not change.field or isinstance(change.wanted, (dict, list)) else f"{name}: {shown(change.wanted)}"]
    if isinstance(change.now, str) and isinstance(change.wanted, str) and "\n" in change.now + change.wanted:
        lines = [f"    {line}" for line in _differences(change.now.splitlines(), change.wanted.splitlines())]
        more = [f"    and {len(lines) - TEXT_LINES} more lines"] if len(lines) > TEXT_LINES + 1 else []
        return [f"{name}:", *(lines[:TEXT_LINES] if more else lines), *more]
    if not change.field:
        return [f"{name}: {change.now or 'absent'} -> {change.wanted or 'absent'}"]
    return [f"{name}: {' -> '.join(_apart(_line(change.now), _line(change.wanted)))}"]


def _differences(now: list[str], wanted: list[str]):
    for kind, start, end, wanted_start, wanted_end in difflib.SequenceMatcher(None, now, wanted).get_opcodes():
        if kind != "equal":
            pairs = [_apart(*pair) for pair in zip_longest(now[start:end], wanted[wanted_start:wanted_end])]
            yield from (f"- {gone}" for gone, _ in pairs if gone is not None)
            yield from (f"+ {come}" for _, come in pairs if come is not None)


def shown(value) -> str:
    """A value on one line, shortened, secrets masked."""
    return _short(_line(value))


def _line(value) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, default=str)
    return "nothing" if value is None else str(value).replace("\n", "\\n")


def _apart(*texts: str | None) -> tuple[str | None, ...]:
    """Two texts, shortened; where that makes them alike, around the first letter in which they differ."""
    shortened = tuple(text and _short(text) for text in texts)
    if None in texts or texts[0] == texts[1] or shortened[0] != shortened[1]:
        return shortened
    start = max(len(commonprefix(texts)) - WIDTH // 5, 0)
    return tuple(f"{'...' if start else ''}{text[start : start + WIDTH]}{'...' if len(text) > start + WIDTH else ''}" for text in texts)


def _short(text: str) -> str:
    text = CHECKSUM.sub(r"\1...", text)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 20]}...{text[-15:]}"


def _plain(value) -> str:
    if isinstance(value, (list, tuple)) and not any(isinstance(item, (dict, list)) for item in value):
        return " ".join(map(str, value))
    return "" if value is None or isinstance(value, (dict, list, tuple, HiddenValue)) else str(value)

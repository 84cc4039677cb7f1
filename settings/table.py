"""Writes docs/settings.md: every setting with its default and meaning, as inventories/group_data/all.py gives them."""

import ast
from collections.abc import Iterator

from .defaults import FILE, defaults

HEADING = """# Settings

Every setting, its default and its meaning. The defaults are in `inventories/group_data/all.py`; an inventory, or `--data setting=value`, overrides them.
With `--data` a list is written `a,b`, None is `null`, a map is JSON; a version that ends in a zero needs its own quotes: `--data 'kubernetes_version="1.40"'`.

A relative path in an inventory or its group data is beside the inventory; one given with `--data` is in the working directory. A key that is no setting is
refused where it resembles one, or was given with `--data`; any other is left to you, with a line.

This page is generated: `python -m settings.table > docs/settings.md`."""


def table() -> str:
    """Returns the page."""
    lines = [HEADING]
    for row in _rows():
        if isinstance(row, str):
            lines += [f"\n## {row}\n", "| setting | default | meaning |", "| --- | --- | --- |"]
        else:
            lines.append("| `{}` | {} | {} |".format(*row))
    return "\n".join(lines) + "\n"


def _rows() -> Iterator[str | tuple[str, str, str]]:
    source = FILE.read_text(encoding="utf-8")
    settings = {node.lineno: node.targets[0].id for node in ast.parse(source).body if isinstance(node, ast.Assign)}
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith("# "):
            yield line[2:]
        elif number in settings:
            yield settings[number], _default(settings[number]), line.rpartition("  # ")[2]


def _default(setting: str) -> str:
    value = defaults()[setting]
    if setting == "charts":
        return "<br>".join(f"{chart} {pin['version']}" for chart, pin in value.items())
    return "" if value == "" else f"`{value}`"


if __name__ == "__main__":
    print(table(), end="")

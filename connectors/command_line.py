"""What the words that pyinfra was started with say of a run: it is known while the inventory is loaded, and to no host afterwards."""

from __future__ import annotations

from pathlib import Path

import click
from pyinfra.context import ctx_state

from settings.root import ROOT


def inventory_directory() -> Path | None:
    """The directory of the inventory that is being loaded, ``None`` where it is no file."""
    context = click.get_current_context(silent=True)
    file = Path(context.params.get("inventory") or "") if context else Path()
    return file.resolve().parent if file.is_file() else None


def expect_deployments() -> None:
    """Have a run of this project's deploys fail that reaches no deployment at all: pyinfra has done nothing then, and exits 0."""
    context = click.get_current_context(silent=True)
    if context and any(Path(word).resolve().parent == ROOT / "deploys" for word in context.params.get("operations") or ()):
        context.call_on_close(lambda: _refuse_nobody(context.params))


def _refuse_nobody(words: dict) -> None:
    state = ctx_state.get() if ctx_state.isset() else None
    if state is None or not state.initialised or any(state.is_host_in_limit(host) for host in state.inventory):
        return
    names = ", ".join(host.name for host in state.inventory)
    if not names:
        raise click.ClickException(f"{words['inventory']} has no deployments: give an inventory, as inventories/dev.py")
    chosen = " ".join(f"--{option} {pattern}" for option in ("limit", "exclude") for pattern in words.get(option) or ())
    raise click.ClickException(f"{chosen} leaves no deployment: {words['inventory']} has {names}")

"""The watch for things that carry our tag and are no longer listed in the settings."""

from __future__ import annotations

from importlib import import_module

from pyinfra.api import operation
from pyinfra.context import host

from operations.differ import Change


@operation()
def strays(kind: str, listed: list, within: dict | None = None, prune: bool = False, present: bool = True):
    """
    Remove what carries the deployment's tag and is no longer listed; without ``prune`` only name it.

    + kind: the operation that makes such things, ``ec2.subnet``; its fact ``facts.ec2.SubnetNames`` tells which there are
    + listed: the names that are wanted
    + within: arguments both need to find them, for instance the cluster
    + prune: whether to remove them
    + present: ``False`` removes them whatever ``prune`` says

    **Idempotency:** what is listed is left alone.

    **Example:**

    .. code:: python

        strays.strays("ec2.subnet", listed=["airflow-dev-public-a"], prune=True, name="Subnets no longer listed")
    """
    module, _, noun = kind.partition(".")
    names = getattr(import_module(f"facts.{module}"), f"{noun.title().replace('_', '')}Names")
    remove = getattr(import_module(f"operations.{module}"), noun)._inner
    within = within or {}
    extra = [name for name in host.get_fact(names, **within) or [] if name not in listed]
    if extra and (prune or not present):
        for name in extra:
            for place, command in enumerate(remove(name, **within, present=False)):
                yield command.because([Change("not listed", name, None)]) if not place else command
    elif extra:
        host.noop(f"{kind} {', '.join(extra)} carries our tag and is not in the settings: prune=true removes it")
    else:
        host.noop(f"{kind}: nothing is there that is not listed")

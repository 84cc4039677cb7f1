"""The end of a verification: one operation that fails when something is not as it should be."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.verdict import Verdict


@operation()
def verdict(deployment: str, problems: list, present: bool = True):
    """
    Fail with every problem found, a line each.

    + deployment: whose
    + problems: what is not as it should be
    + present: always ``True``

    **Idempotency:** it changes nothing.

    **Example:**

    .. code:: python

        verdict.verdict("airflow-dev", problems=["Deployment airflow-scheduler: 1/2, wanted 2/2"], name="verdict")
    """
    if problems:
        yield Verdict(f"{deployment}: {len(problems)} things are not as they should be", problems)
    else:
        host.noop(f"{deployment} is as declared and works")

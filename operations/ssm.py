"""Operations on parameters of AWS Systems Manager."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.lock.lock import Hold
from facts.ssm import LockHolder
from operations.differ import Change


@operation()
def lock(lock: str, present: bool = True):
    """
    Remove the lock that an ended run left behind. The connector takes and releases it; declare it first, so that cleanup comes to it last.

    + lock: the name of its parameter
    + present: ``True`` leaves it alone

    **Idempotency:** nothing is done while it is wanted, where there is none, and where this run holds it.

    **Example:**

    .. code:: python

        ssm.lock(lock="/airflow-on-eks/airflow-dev/lock", present=False, name="Lock")
    """
    now = None if present else host.get_fact(LockHolder, lock=lock)
    if present:
        host.noop(f"lock {lock} is held by whoever changes something")
    elif now is None:
        host.noop(f"lock {lock} is already absent")
    elif now.get("run") == host.connector.lock.run:
        host.noop(f"lock {lock} goes at the end of this run")
    else:
        gone = Change("held by", now.get("who"), None)
        yield AwsCall("ssm", "delete_parameter", missing=("ParameterNotFound",), Name=lock).because([gone])


@operation()
def held(lock: str, present: bool = True):
    """
    Take the deployment's lock, which is released when the run ends. Where it is another's this fails, and nothing more is done.

    + lock: the name of its parameter
    + present: always ``True``

    **Idempotency:** a lock that this run holds is left alone.

    **Example:**

    .. code:: python

        ssm.held(lock="/airflow-on-eks/airflow-dev/lock", name="Lock taken")
    """
    yield Hold(lock)

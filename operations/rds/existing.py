"""A PostgreSQL server that somebody else looks after: Airflow has a database and a role on it."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from facts.rds import ExistingCluster, ExistingInstance
from operations.existing import existing
from operations.foreign import leave

OLDEST = 14


@operation()
def existing_database(endpoint: str, database: str | None = None, present: bool = True):
    """
    Look at a server that is somebody else's: RDS, Aurora, or any other.

    + endpoint: its host and port
    + database: name of Airflow's database and of its role
    + present: ``False`` leaves them there, and tells the statements that drop them

    **Idempotency:** nothing is ever sent; a server of RDS that is no PostgreSQL, or too old, is refused.

    **Example:**

    .. code:: python

        rds.existing_database(endpoint="db.example.com:5432", database="airflow_dev", name="The company's database")
    """
    if not present:
        leave(f'database {database} on {endpoint} (`DROP DATABASE "{database}"; DROP ROLE "{database}";` remove it)')
    yield from existing("database server", endpoint, _unfit(endpoint) if present else "", present)


def _unfit(endpoint: str) -> str:
    address = endpoint.rpartition(":")[0]
    now = host.get_fact(ExistingInstance, address=address) or host.get_fact(ExistingCluster, address=address)
    if now and now["Engine"] not in ("postgres", "aurora-postgresql"):
        return f"it is {now['Engine']}: wanted PostgreSQL"
    if now and int(now["EngineVersion"].partition(".")[0]) < OLDEST:
        return f"it is PostgreSQL {now['EngineVersion']}: wanted {OLDEST} or newer"
    return ""

"""How many connections to the metadata database Airflow needs, and so how many each pgbouncer pod may open."""

from __future__ import annotations

WAITING = ("apiServer", "scheduler", "dagProcessor", "triggerer")
"""Components whose pods wait for the migrations, in an init container that keeps a transaction open and asks for a second connection."""

USER_JOB = 1
"""The job that makes the first user waits in the same way."""

MIGRATION = 4
"""What the migration opens side by side."""

SURGE = 1
"""A pgbouncer pod more than wanted while they are replaced: the chart makes the new one first."""


def waiters(release: dict) -> int:
    """
    Containers that may hold a transaction while the database is migrated: on an upgrade each pod stands beside its successor.

    + release: values of the Airflow release, as the functions below take them
    """
    return 2 * sum(release[component]["replicas"] for component in WAITING) + USER_JOB


def pool_size(release: dict) -> int:
    """
    Connections of one pgbouncer pod. All clients may land on the same one, each with two, and the migration must still get its own: with
    less everybody holds one, waits for another, and nobody moves until `query_wait_timeout`.
    """
    return 2 * waiters(release) + MIGRATION


def connections(release: dict) -> int:
    """Connections that all pgbouncer pods together may open, while they are replaced."""
    return (release["pgbouncer"]["replicas"] + SURGE) * pool_size(release)

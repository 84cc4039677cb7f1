"""How many connections PostgreSQL allows on an instance class while `max_connections` is at RDS's default."""

from __future__ import annotations

GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "x": 16, "z": 8}
"""Memory of a class's family, by the family's first letter (GiB per vCPU). Source: https://aws.amazon.com/rds/instance-types/"""

BURSTABLE = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16, "2xlarge": 32}
"""Memory of the families `t` (GiB)."""

VCPUS = {"medium": 1, "large": 2, "xlarge": 4}
"""vCPUs of the sizes that do not say it; ``4xlarge`` is four times ``xlarge``."""

LEFT = 0.7
"""The part of a class's memory that RDS leaves to PostgreSQL, `DBInstanceClassMemory`, at least: the smallest class has the least."""

MOST = 5000
BYTES_PER_CONNECTION = 9531392
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections"""

RESERVED = 10
"""Connections kept for superusers (3), for RDS itself (2), and for a job or a person beside the clients."""


def max_connections(instance_class: str) -> int:
    """
    The default ``LEAST({DBInstanceClassMemory/9531392},5000)``, rounded down; the most there can be for a class that is not known here.

    + instance_class: ``db.m6g.large``
    """
    _, family, size = instance_class.split(".")
    gib = _memory(family[0], size)
    return MOST if gib is None else min(int(gib * LEFT * 2**30 / BYTES_PER_CONNECTION), MOST)


def _memory(family: str, size: str) -> float | None:
    if family == "t":
        return BURSTABLE.get(size)
    times = size.removesuffix("xlarge")
    vcpus = VCPUS["xlarge"] * int(times) if times.isdecimal() else VCPUS.get(size)
    return GIB_PER_VCPU[family] * vcpus if vcpus and family in GIB_PER_VCPU else None

"""Versions of Kubernetes, Airflow and PostgreSQL: which is newer, how long one is looked after, and what is known against it."""

import re
from collections.abc import Iterator
from datetime import date

ENDS = {
    "kubernetes_version": {
        "1.30": "2025-07-23",
        "1.31": "2025-11-26",
        "1.32": "2026-03-23",
        "1.33": "2026-07-29",
        "1.34": "2026-12-02",
        "1.35": "2027-03-27",
        "1.36": "2027-08-02",
    },
    "airflow_version": {"3.0": "2025-09-25", "3.1": "2026-04-07", "3.2": "2026-07-06"},
    "db_engine_version": {"14": "2027-02-28", "15": "2028-02-29", "16": "2029-02-28", "17": "2030-02-28"},
}
"""
The last day of a series, by setting: of EKS's standard support, of a series of Airflow that is known to have ended, of RDS's standard support.

Sources, as of 27 November 2026: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html,
https://airflow.apache.org/docs/apache-airflow/stable/release_notes.html,
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""

HOLES = {"airflow_version": {"CVE-2026-33264": "3.3.0", "CVE-2026-82355": "3.3.2"}}
"""
Known holes and the first release without them, by setting.

Source, as of 27 November 2026: https://airflow.apache.org/docs/apache-airflow/stable/security/cve.html
"""


def numbers(version: str) -> tuple[int, ...]:
    """
    Returns a version as it is compared with another.

    + version: `3.10.1`
    """
    return tuple(int(number) for number in re.findall(r"\d+", version))


def known(setting: str, version: str, today: date) -> Iterator[str]:
    """
    Yields what is known against a version: that its support has ended, and its holes.

    + setting: `airflow_version`
    + version: `3.2.2`
    + today: the day it is asked
    """
    end = last_day(setting, version)
    if end and end < today:
        yield f"out of support since {end}"
    for hole, fixed in HOLES.get(setting, {}).items():
        if numbers(version) < numbers(fixed):
            yield f"has {hole}, fixed in {fixed}"


def last_day(setting: str, version: str) -> date | None:
    """
    Returns the last day a version is looked after; None where it is not known.

    + setting: `kubernetes_version`
    + version: `1.36`
    """
    series = ".".join(version.split(".")[: 1 if setting == "db_engine_version" else 2])
    end = ENDS[setting].get(series)
    return date.fromisoformat(end) if end else None

"""
Does the platform work? A row for each thing a person would look at: what is, and what was wanted.

Each module checks one part of the platform.
"""

from __future__ import annotations

from deploys.health import core, observability, scaling, spark, traffic
from deploys.health.check import Check
from deploys.want import Want
from settings import Settings

PARTS = (core, traffic, scaling, observability, spark)


def checks(settings: Settings, wants: list[Want]) -> list[Check]:
    """Every check of a deployment; all of them only read."""
    return [check for part in PARTS for check in part.checks(settings, wants)]

"""How an upgrade goes about it."""

from typing import Annotated

from pydantic import Field

from .subject import Subject


class Upgrades(Subject):
    """What `deploys/upgrade.py` waits for."""

    upgrade_bake_hours: Annotated[int, Field(ge=0, le=144)]
    upgrade_drain_minutes: Annotated[int, Field(ge=0, le=1440)]
    upgrade_snapshots: Annotated[int, Field(ge=1, le=50)]

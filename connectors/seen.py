"""What a run has seen of whose things: some are told from others by what stood beside them a while ago."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Seen:
    """
    + ours: what carried the deployment's tag, ``cluster airflow-dev``: it counts when it is gone, for what AWS makes around it without a tag
    + others: what has a name of the deployment's and is somebody else's, a line for a person each
    """

    ours: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)

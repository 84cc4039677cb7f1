"""Facts about AWS Systems Manager."""

from __future__ import annotations

import json

from connectors.commands.command import AwsCall
from facts.aws import AwsFact


class LockHolder(AwsFact):
    """
    Returns what a deployment's lock says, or ``None`` where there is none: ``who`` holds it, ``where``, ``since``, ``expires``, ``run``.

    + lock: the name of its parameter

    .. code:: python

        {"who": "arn:aws:iam::123456789012:user/anna", "where": "laptop (process 4711)", "since": "2026-11-22T19:00:00Z", ...}
    """

    pick = "Parameter.Value"

    def command(self, lock):
        return AwsCall("ssm", "get_parameter", missing=("ParameterNotFound",), Name=lock)

    def process(self, output):
        try:
            return dict(json.loads(super().process(output)))
        except (TypeError, ValueError):
            return {}

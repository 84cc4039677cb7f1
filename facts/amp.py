"""Facts about Amazon Managed Service for Prometheus."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

MISSING = ("ResourceNotFoundException",)


class Workspace(AwsFact):
    """
    Returns the workspace of this alias that is not on its way out, or ``None``: ``workspaceId``, ``arn``, ``status.statusCode``,
    ``prometheusEndpoint``, ``tags``.

    + workspace: its alias

    .. code:: python

        {"alias": "airflow-dev", "workspaceId": "ws-0a1b", "status": {"statusCode": "ACTIVE"}, "prometheusEndpoint": "https://.../workspaces/ws-0a1b/", ...}
    """

    def command(self, workspace):
        self.pick = f"[?workspace.alias=='{workspace}'].workspace | [0]"
        return AwsEach(
            AwsCall("amp", "list_workspaces", alias=workspace),
            f"workspaces[?alias=='{workspace}' && status.statusCode!='DELETING'].{{workspaceId: workspaceId}}",
            AwsCall("amp", "describe_workspace", missing=MISSING),
        )

"""Operations on Amazon Managed Service for Prometheus."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Ref
from facts.amp import MISSING, Workspace
from operations import tags as tag
from operations.differ import Change
from operations.foreign import absent
from operations.ownership import own

FAILED = "CREATION_FAILED"


@operation()
def workspace(workspace: str, tags: dict | None = None, present: bool = True):
    """
    Start/remove a workspace. `amp.workspace_active` waits for it.

    + workspace: its alias
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** tags are put right; one that failed to be created is made again. One without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        amp.workspace(workspace="airflow-dev", name="Managed Prometheus")
    """
    now = host.get_fact(Workspace, workspace=workspace)
    now = own("workspace", workspace, now, (now or {}).get("tags"), present)
    if not present:
        if now:
            yield from _delete(now)
        else:
            absent("workspace", workspace, now)
        return
    if now and now["status"]["statusCode"] != FAILED:
        if changes := tag.missing(now.get("tags"), tags or {}):
            yield AwsCall("amp", "tag_resource", resourceArn=now["arn"], tags=tags).because(changes)
        else:
            host.noop(f"workspace {workspace} is already present")
        return
    if now:
        yield from _delete(now)
    yield AwsCall("amp", "create_workspace", alias=workspace, **({"tags": tags} if tags else {}))


@operation()
def workspace_active(workspace: str, present: bool = True):
    """
    Wait until a workspace takes metrics; mirrored it does nothing.

    + workspace: its alias
    + present: ``False`` waits for nothing

    **Idempotency:** a workspace that is active is left alone.

    **Example:**

    .. code:: python

        amp.workspace_active(workspace="airflow-dev", name="Managed Prometheus ready")
    """
    now = host.get_fact(Workspace, workspace=workspace) if present else None
    if not present:
        host.noop(f"workspace {workspace} is not waited for")
    elif now and now["status"]["statusCode"] == "ACTIVE":
        host.noop(f"workspace {workspace} is already active")
    else:
        change = Change("status", now and now["status"]["statusCode"], "ACTIVE")
        yield Wait("amp", "workspace_active", workspaceId=Ref(Workspace, "workspaceId", workspace=workspace)).because([change])


def _delete(now):
    yield AwsCall("amp", "delete_workspace", missing=MISSING, workspaceId=now["workspaceId"])
    yield Wait("amp", "workspace_deleted", workspaceId=now["workspaceId"])

"""Operations on CloudWatch Logs."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from facts.logs import LogGroup, LogGroupsUnder, LogGroupTags
from operations import tags as tag
from operations.differ import differing

GONE = ("ResourceNotFoundException",)


@operation()
def log_group(log_group: str, retention_days: int | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a log group. One that AWS made first, under the same name, is taken over.

    + log_group: its name
    + retention_days: how long events are kept (days)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** retention and tags are put right.

    **Example:**

    .. code:: python

        logs.log_group(log_group="/aws/eks/airflow-dev/cluster", retention_days=90, name="Control-plane logs")
    """
    now = host.get_fact(LogGroup, log_group=log_group)
    if not present:
        if now:
            yield AwsCall("logs", "delete_log_group", missing=GONE, logGroupName=log_group)
        else:
            host.noop(f"log group {log_group} is already absent")
        return
    if not now:
        yield AwsCall("logs", "create_log_group", missing=("ResourceAlreadyExistsException",), logGroupName=log_group, **({"tags": tags} if tags else {}))
        if retention_days:
            yield AwsCall("logs", "put_retention_policy", logGroupName=log_group, retentionInDays=retention_days)
        return
    kept = differing(now, retentionInDays=retention_days)
    retagged = tag.missing(host.get_fact(LogGroupTags, arn=now["logGroupArn"]), tags) if tags else ()
    if kept:
        yield AwsCall("logs", "put_retention_policy", logGroupName=log_group, retentionInDays=retention_days).because(kept)
    if retagged:
        yield AwsCall("logs", "tag_resource", resourceArn=now["logGroupArn"], tags=tags).because(retagged)
    if not kept and not retagged:
        host.noop(f"log group {log_group} is already present")


@operation()
def leftovers(prefix: str, present: bool = True):
    """
    Remove the log groups that AWS and its agents make behind our back, and make again when they are removed too early.
    Declare it before whatever writes to them: cleanup comes to it afterwards.

    + prefix: how their names begin
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none.

    **Example:**

    .. code:: python

        logs.leftovers(prefix="/aws/containerinsights/airflow-dev/", present=False, name="Log groups of the add-ons")
    """
    found = [] if present else host.get_fact(LogGroupsUnder, prefix=prefix) or []
    for name in found:
        yield AwsCall("logs", "delete_log_group", missing=GONE, logGroupName=name)
    if not found:
        host.noop(f"log groups {prefix}* are {'left alone' if present else 'already absent'}")

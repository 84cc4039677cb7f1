"""Operations on CloudWatch Logs."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import DEPLOYMENT_TAG
from facts.eks import Cluster
from facts.logs import LogGroup, LogGroupsUnder, LogGroupTags
from facts.rds import Instance
from operations import tags as tag
from operations.differ import differing
from operations.foreign import absent
from operations.ownership import own, seen

GONE = ("ResourceNotFoundException",)

WRITERS = {
    "/aws/eks/": ("cluster", Cluster, "tags"),
    "/aws/containerinsights/": ("cluster", Cluster, "tags"),
    "/aws/rds/instance/": ("instance", Instance, "TagList"),
}
"""What AWS and its agents make log groups for, without tags: how the group's name goes on after the prefix, its fact, where its tags are."""


@operation()
def log_group(log_group: str, retention_days: int | None = None, kms_key: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a log group.

    + log_group: its name
    + retention_days: how long events are kept (days)
    + kms_key: ARN of the key that encrypts it
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** retention, key and tags are put right. A group without a tag is the deployment's, and is taken over or removed, if what AWS makes
    it for, or the group itself, was the deployment's in this run; otherwise, and with another's tag, it is refused, and never removed.

    **Example:**

    .. code:: python

        logs.log_group(log_group="/aws/eks/airflow-dev/cluster", retention_days=90, name="Control-plane logs")
    """
    now = host.get_fact(LogGroup, log_group=log_group)
    tagged = host.get_fact(LogGroupTags, arn=now["logGroupArn"]) if now else None
    now = _own(now, tagged, present)
    if not present:
        if now:
            yield AwsCall("logs", "delete_log_group", missing=GONE, logGroupName=log_group)
        else:
            absent("log group", log_group, now)
        return
    if not now:
        yield AwsCall("logs", "create_log_group", missing=("ResourceAlreadyExistsException",), logGroupName=log_group, **_given(kmsKeyId=kms_key, tags=tags))
        if retention_days:
            yield AwsCall("logs", "put_retention_policy", logGroupName=log_group, retentionInDays=retention_days)
        return
    kept, keyed = differing(now, retentionInDays=retention_days), differing(now, kmsKeyId=kms_key)
    retagged = tag.missing(tagged, tags) if tags else ()
    if kept:
        yield AwsCall("logs", "put_retention_policy", logGroupName=log_group, retentionInDays=retention_days).because(kept)
    if keyed:
        yield AwsCall("logs", "associate_kms_key", logGroupName=log_group, kmsKeyId=kms_key).because(keyed)
    if retagged:
        yield AwsCall("logs", "tag_resource", resourceArn=now["logGroupArn"], tags=tags).because(retagged)
    if not kept and not keyed and not retagged:
        host.noop(f"log group {log_group} is already present")


@operation()
def leftovers(prefix: str, present: bool = True):
    """
    Remove the log groups that AWS and its agents make behind our back, and make again when they are removed too early.
    Declare it before whatever writes to them: cleanup comes to it afterwards.

    + prefix: how their names begin
    + present: ``True`` leaves them alone

    **Idempotency:** nothing is done while they are wanted, or when there are none. Whose they are is told as of a `log_group`.

    **Example:**

    .. code:: python

        logs.leftovers(prefix="/aws/containerinsights/airflow-dev/", present=False, name="Log groups of the add-ons")
    """
    found = [] if present else host.get_fact(LogGroupsUnder, prefix=prefix) or []
    going = [group["logGroupName"] for group in found if _own(group, host.get_fact(LogGroupTags, arn=group["logGroupArn"]), present)]
    for name in going:
        yield AwsCall("logs", "delete_log_group", missing=GONE, logGroupName=name)
    if not going:
        host.noop(f"log groups {prefix}* are {'left alone' if present or found else 'already absent'}")


def _own(now, tagged, present: bool):
    """The group if it is the deployment's: by its tag, or by what it was made for and what was seen of it in this run."""
    if not now:
        return None
    name = now["logGroupName"]
    if not (tagged or {}).get(DEPLOYMENT_TAG) and (seen("log group", name) or _made_for_ours(name)):
        return now
    return own("log group", name, now, tagged, present, remove=f"aws logs delete-log-group --log-group-name {name}")


def _made_for_ours(name: str) -> bool:
    for prefix, (noun, fact, tags) in WRITERS.items():
        if name.startswith(prefix):
            thing = name.removeprefix(prefix).partition("/")[0]
            now = host.get_fact(fact, **{noun: thing})
            return bool(own(noun, thing, now, (now or {}).get(tags), present=False)) or seen(noun, thing)
    return False


def _given(**fields) -> dict:
    return {field: value for field, value in fields.items() if value}

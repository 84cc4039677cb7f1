"""Operations on SQS: encrypted queues."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall
from connectors.commands.reference import Json, Ref
from facts.sqs import MISSING, Queue, QueueTags, QueueUrl
from operations import tags as tag
from operations.differ import differing_in
from operations.foreign import absent
from operations.ownership import own
from operations.policy import changed


@operation()
def queue(queue: str, retention_seconds: int | None = None, policy: dict | None = None, tags: dict | None = None, present: bool = True):
    """
    Add/remove a queue, encrypted with SQS's own keys.

    + queue: its name
    + retention_seconds: how long a message is kept that nobody takes, 60 to 1209600 (seconds)
    + policy: its policy (whole)
    + tags: its tags (merged)
    + present: whether it should exist

    **Idempotency:** retention, encryption, policy and tags are put right. A queue without the deployment's tag is refused, and never removed.

    **Example:**

    .. code:: python

        sqs.queue(queue="airflow-dev-karpenter", retention_seconds=300, name="Interruptions of nodes")
    """
    now = host.get_fact(Queue, queue=queue)
    tagged = host.get_fact(QueueTags, queue=queue) if now else None
    now = own("queue", queue, now, tagged, present)
    url = Ref(QueueUrl, queue=queue)
    if not present:
        if now:
            yield AwsCall("sqs", "delete_queue", missing=MISSING, QueueUrl=url)
        else:
            absent("queue", queue, now)
        return
    wanted = {"MessageRetentionPeriod": None if retention_seconds is None else str(retention_seconds), "SqsManagedSseEnabled": "true"}
    attributes = {**{field: value for field, value in wanted.items() if value is not None}, **({"Policy": Json(policy)} if policy else {})}
    if not now:
        yield AwsCall("sqs", "create_queue", QueueName=queue, Attributes=attributes, **({"tags": tags} if tags else {}))
        return
    changes = differing_in({key: str(value) for key, value in now.items()}, wanted) + changed("Policy", now.get("Policy"), policy)
    retagged = tag.missing(tagged, tags or {})
    if changes:
        differ = {field: attributes[field] for field in dict.fromkeys(change.field for change in changes)}
        yield AwsCall("sqs", "set_queue_attributes", QueueUrl=url, Attributes=differ).because(changes)
    if retagged:
        yield AwsCall("sqs", "tag_queue", QueueUrl=url, Tags=tags).because(retagged)
    if not changes and not retagged:
        host.noop(f"queue {queue} is already present")

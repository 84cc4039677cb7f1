"""Facts about SQS."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact

MISSING = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


class QueueUrl(AwsFact):
    """
    Returns the URL of the queue of this name, or ``None``; SQS's calls want it.

    + queue: its name
    """

    pick = "QueueUrl"

    def command(self, queue):
        return AwsCall("sqs", "get_queue_url", missing=MISSING, QueueName=queue)


class Queue(AwsFact):
    """
    Returns the attributes of a queue, or ``None``, all of them text.

    + queue: its name

    .. code:: python

        {"QueueArn": "arn:aws:sqs:...", "MessageRetentionPeriod": "300", "SqsManagedSseEnabled": "true", "Policy": "{...}", ...}
    """

    pick = "[0].Attributes"

    def command(self, queue):
        return AwsEach(
            AwsCall("sqs", "get_queue_url", missing=MISSING, QueueName=queue),
            "[{QueueUrl: QueueUrl}]",
            AwsCall("sqs", "get_queue_attributes", missing=MISSING, AttributeNames=["All"]),
        )


class QueueTags(AwsFact):
    """
    Returns the tags of a queue, or ``None`` when it is absent or has none: ``{"team": "data"}``.

    + queue: its name
    """

    pick = "[0].Tags"

    def command(self, queue):
        return AwsEach(
            AwsCall("sqs", "get_queue_url", missing=MISSING, QueueName=queue),
            "[{QueueUrl: QueueUrl}]",
            AwsCall("sqs", "list_queue_tags", missing=MISSING),
        )

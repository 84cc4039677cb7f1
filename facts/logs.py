"""Facts about CloudWatch Logs."""

from __future__ import annotations

from connectors.commands.command import AwsCall
from facts.aws import OWNED_ANYWHERE, AwsFact


class LogGroup(AwsFact):
    """
    Returns the log group of this name, or ``None``: ``logGroupName``, ``logGroupArn``, ``retentionInDays`` when it has one. All groups beside
    it come in one read.

    + log_group: its name

    .. code:: python

        {"logGroupName": "/aws/eks/airflow-dev/cluster", "logGroupArn": "arn:aws:logs:...", "retentionInDays": 90, ...}
    """

    def command(self, log_group):
        self.pick = f"logGroups[?logGroupName=='{log_group}'] | [0]"
        return AwsCall("logs", "describe_log_groups", about=log_group, logGroupNamePrefix=log_group.rpartition("/")[0] + "/")


class LogGroupTags(AwsFact):
    """
    Returns the tags of a log group, or ``None`` when it is absent: ``{"team": "data"}``.

    + arn: its ``logGroupArn``
    """

    pick = "tags"

    def command(self, arn):
        return AwsCall("logs", "list_tags_for_resource", missing=("ResourceNotFoundException",), resourceArn=arn)


class LogGroupsUnder(AwsFact):
    """
    Returns all log groups with this prefix, whoever made them, as `LogGroup` does one.

    + prefix: how their names begin
    """

    pick = "logGroups"

    def command(self, prefix):
        return AwsCall("logs", "describe_log_groups", logGroupNamePrefix=prefix)


class LogGroupNames(AwsFact):
    """
    Returns the names of the log groups with the deployment's tag. AWS's tagging API answers it, which knows a removed
    group for a while.
    """

    def process(self, output):
        """The names in the groups' ARNs."""
        answer = super().process(output)
        return [found["ResourceARN"].partition(":log-group:")[2].removesuffix(":*") for found in answer["ResourceTagMappingList"]]

    def command(self):
        return AwsCall(
            "resourcegroupstaggingapi",
            "get_resources",
            ResourceTypeFilters=["logs:log-group"],
            TagFilters=OWNED_ANYWHERE,
        )

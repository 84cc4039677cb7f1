"""What the observers may do: write to their own workspace and log groups, and read what has no owner."""

from __future__ import annotations

from deploys.platform.policies.trust import VERSION
from settings import Settings


def remote_write(workspace_arn) -> dict:
    """
    Returns the policy of Prometheus on the workspace it writes to.

    + workspace_arn: ARN of the workspace, or a `Ref` to it
    """
    return {"Version": VERSION, "Statement": [{"Sid": "WriteMetrics", "Effect": "Allow", "Action": "aps:RemoteWrite", "Resource": workspace_arn}]}


def publish(topic_arn: str) -> dict:
    """
    Returns the policy of Alertmanager on the topic it tells.

    + topic_arn: ARN of the topic
    """
    return {"Version": VERSION, "Statement": [{"Sid": "TellSomebody", "Effect": "Allow", "Action": "sns:Publish", "Resource": topic_arn}]}


def cloudwatch_reader(settings: Settings) -> dict:
    """
    Returns the policy of Grafana: CloudWatch metrics of the deployment's region, for the database's dashboard.

    + settings: of the deployment
    """
    statement = {
        "Sid": "MetricsTakeNoResource",
        "Effect": "Allow",
        "Action": ["cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics", "cloudwatch:ListMetrics"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": settings.region}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def cloudwatch_agent(settings: Settings) -> dict:
    """
    Returns the policy of the CloudWatch agent: metrics of two namespaces, log events in the groups of Container Insights.

    + settings: of the deployment
    """
    metrics = {
        "Sid": "MetricsTakeNoResource",
        "Effect": "Allow",
        "Action": "cloudwatch:PutMetricData",
        "Resource": "*",
        "Condition": {"StringEquals": {"cloudwatch:namespace": ["ContainerInsights", "CWAgent"]}},
    }
    describe = {
        "Sid": "DescribeTakesNoResource",
        "Effect": "Allow",
        "Action": ["ec2:DescribeTags", "ec2:DescribeVolumes"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": settings.region}},
    }
    logs = _log_writer("LogEvents", settings, f"/aws/containerinsights/{settings.deployment}/*")
    return {"Version": VERSION, "Statement": [metrics, describe, logs]}


def fluent_bit(settings: Settings, log_group: str) -> dict:
    """
    Returns the policy of Fluent Bit on its log group, which it may not make: the group has its retention and tags from us.

    + settings: of the deployment
    + log_group: name of the group
    """
    return {"Version": VERSION, "Statement": [_log_writer("LogEvents", settings, log_group)]}


def kubecost(settings: Settings) -> dict:
    """
    Returns the policy of Kubecost's agent: volumes and addresses that cost and belong to no pod.

    + settings: of the deployment
    """
    statement = {
        "Sid": "DescribeTakesNoResource",
        "Effect": "Allow",
        "Action": ["ec2:DescribeAddresses", "ec2:DescribeVolumes"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": settings.region}},
    }
    return {"Version": VERSION, "Statement": [statement]}


def _log_writer(sid: str, settings: Settings, log_group: str) -> dict:
    group = settings.arn("logs", f"log-group:{log_group}")
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
        "Resource": [group, f"{group}:*"],
    }

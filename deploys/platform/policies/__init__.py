"""IAM policy documents: who may take a role, and what the role may do; a module for each part of the platform."""

from __future__ import annotations

from deploys.platform.policies.autoscaler import cluster_autoscaler
from deploys.platform.policies.encryption import key_statements, key_user
from deploys.platform.policies.karpenter import interruption_queue, karpenter_nodes, karpenter_profiles, karpenter_reads, queue_arn, queue_name
from deploys.platform.policies.observability import cloudwatch_agent, cloudwatch_reader, fluent_bit, kubecost, publish, remote_write
from deploys.platform.policies.spark import event_logs
from deploys.platform.policies.storage import airflow_logs, airflow_secrets, mounted_over_tls, tagged_access_points, tls_only
from deploys.platform.policies.traffic import load_balancer_controller
from deploys.platform.policies.trust import VERSION, pod_identity_trust, service_trust

__all__ = [
    "VERSION",
    "airflow_logs",
    "airflow_secrets",
    "cloudwatch_agent",
    "cloudwatch_reader",
    "cluster_autoscaler",
    "event_logs",
    "fluent_bit",
    "interruption_queue",
    "karpenter_nodes",
    "karpenter_profiles",
    "karpenter_reads",
    "key_statements",
    "key_user",
    "kubecost",
    "load_balancer_controller",
    "mounted_over_tls",
    "pod_identity_trust",
    "publish",
    "queue_arn",
    "queue_name",
    "remote_write",
    "service_trust",
    "tagged_access_points",
    "tls_only",
]

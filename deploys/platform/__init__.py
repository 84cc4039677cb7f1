"""
The platform: everything a deployment wants, in order. Read from top to bottom this is the install; mirrored, the cleanup.

What takes long is started as soon as its inputs exist and waited for just before its first reader.
"""

from __future__ import annotations

from connectors.lock import lock
from deploys.platform.addons import LATE, addons_ready
from deploys.platform.airflow import airflow, airflow_roles, airflow_volume
from deploys.platform.cluster import cluster, prerequisites
from deploys.platform.container_logs import container_logs, container_logs_ready
from deploys.platform.cost import cost, cost_ready
from deploys.platform.database import database, database_ready
from deploys.platform.metrics import metrics, metrics_ready, workspace
from deploys.platform.network import network, ways_out
from deploys.platform.nodes import nodes, nodes_ready
from deploys.platform.scaling import scaling, scaling_ready
from deploys.platform.secrets import secrets
from deploys.platform.spark import spark, spark_ready
from deploys.platform.storage import storage, storage_ready
from deploys.platform.traffic import certificate, ingress, ingress_ready, load_balancer_controller, load_balancer_controller_ready
from deploys.platform.watches import namespaces_gone, watches
from deploys.want import Want, want
from operations import ssm
from settings import Settings

NEED_NO_CLUSTER = ("ec2.launch_template", "iam.role", "sqs.queue", "events.rule", "s3.bucket", "logs.log_group", "logs.leftovers")
"""What is made while the cluster is: after its nine minutes AWS knows the roles, and nobody waits for one."""

NEED_NO_NODES = ("eks.access_entry", "eks.pod_identity", "helm.crds")
"""What is made while the nodes are."""


def platform(settings: Settings) -> list[Want]:
    """Every want of a deployment, in the order of the install."""
    wants = [
        *prerequisites(settings),
        *network(settings),
        *cluster(settings),
        *secrets(settings),
        *database(settings),
        *certificate(settings),
        *workspace(settings),
        *storage(settings),
        *ways_out(settings),
        *nodes(settings),
        *nodes_ready(settings),
        *load_balancer_controller(settings),
        *addons_ready(settings, LATE),
        *load_balancer_controller_ready(settings),
        *scaling(settings),
        *storage_ready(settings),
        *airflow_volume(settings),
        *ingress(settings),
        *container_logs(settings),
        *spark(settings),
        *airflow_roles(settings),
        *metrics(settings),
        *cost(settings),
        *database_ready(settings),
        *airflow(settings),
        *scaling_ready(settings),
        *spark_ready(settings),
        *container_logs_ready(settings),
        *metrics_ready(settings),
        *cost_ready(settings),
        *ingress_ready(settings),
    ]
    wants = moved(wants, NEED_NO_CLUSTER, before="eks.cluster_active")
    wants = moved(wants, NEED_NO_NODES, before="eks.nodegroup_active")
    return [want(ssm.lock, lock.name(settings.deployment)), *watches(settings, wants), *namespaces_gone(wants)]


def moved(wants: list[Want], kinds: tuple[str, ...], before: str) -> list[Want]:
    """
    The wants with all of some kinds moved up, in their order.

    + kinds: what is moved where it comes later
    + before: the kind it comes before
    """
    place = next(number for number, want in enumerate(wants) if want.kind == before)
    later = wants[place:]
    return [*wants[:place], *(want for want in later if want.kind in kinds), *(want for want in later if want.kind not in kinds)]

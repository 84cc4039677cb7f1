"""
The platform: everything a deployment wants, in order. Read from top to bottom this is the install; mirrored, the cleanup.

What takes long is started as soon as its inputs exist and waited for just before its first reader.
"""

from __future__ import annotations

from dataclasses import replace

from connectors.lock import lock
from deploys.platform.account import account, with_given
from deploys.platform.addons import late_addons_ready
from deploys.platform.airflow import airflow, airflow_roles, airflow_volume
from deploys.platform.cluster import cluster, prerequisites
from deploys.platform.container_logs import container_logs, container_logs_ready
from deploys.platform.cost import budget, cost, cost_ready
from deploys.platform.database import database, database_ready
from deploys.platform.metrics import metrics, metrics_ready, workspace
from deploys.platform.network import network, ways_out
from deploys.platform.nodes import nodes, nodes_ready
from deploys.platform.own import own
from deploys.platform.scaling import scaling, scaling_ready
from deploys.platform.secrets import secrets
from deploys.platform.spark import spark, spark_ready
from deploys.platform.storage import storage, storage_ready
from deploys.platform.traffic import certificate, ingress, ingress_ready, load_balancer_controller, load_balancer_controller_ready
from deploys.platform.watches import namespaces_gone, watches
from deploys.want import Want, want
from operations import ssm
from settings import Settings

STEPS = (
    account,
    budget,
    prerequisites,
    network,
    cluster,
    secrets,
    database,
    certificate,
    workspace,
    storage,
    ways_out,
    nodes,
    nodes_ready,
    load_balancer_controller,
    late_addons_ready,
    load_balancer_controller_ready,
    scaling,
    storage_ready,
    airflow_volume,
    ingress,
    container_logs,
    spark,
    airflow_roles,
    metrics,
    cost,
    database_ready,
    airflow,
    scaling_ready,
    spark_ready,
    container_logs_ready,
    metrics_ready,
    cost_ready,
    ingress_ready,
)
"""What the platform is made of, in the order of the install."""

PARTS = {"addons": "add-ons", "airflow": "Airflow", "container_logs": "container logs", "spark": "Spark", "traffic": "load balancer"}
"""Parts of the platform, for a person, where that is not the name of the module which declares them."""

NEED_NO_CLUSTER = ("ec2.launch_template", "iam.role", "sqs.queue", "events.rule", "s3.bucket", "logs.log_group", "logs.leftovers")
"""What is made while the cluster is: after its nine minutes AWS knows the roles, and nobody waits for one."""

NEED_NO_NODES = ("eks.access_entry", "eks.pod_identity", "helm.crds")
"""What is made while the nodes are."""


def platform(settings: Settings) -> list[Want]:
    """Every want of a deployment, in the order of the install."""
    wants = [replace(item, part=item.part or _part(step)) for step in STEPS for item in step(settings)]
    wants = with_given(settings, wants)
    wants = own(settings, wants)
    wants = moved(wants, NEED_NO_CLUSTER, before="eks.cluster_active")
    wants = moved(wants, NEED_NO_NODES, before="eks.nodegroup_active")
    return [want(ssm.lock, lock.name(settings.deployment)), *watches(settings, wants), *namespaces_gone(wants)]


def parts() -> list[str]:
    """The parts of a platform, for a person, in the order of the install."""
    return list(dict.fromkeys(map(_part, STEPS)))


def moved(wants: list[Want], kinds: tuple[str, ...], before: str) -> list[Want]:
    """
    The wants with all of some kinds moved up, in their order.

    + kinds: what is moved where it comes later
    + before: the kind it comes before
    """
    place = next(number for number, want in enumerate(wants) if want.kind == before)
    later = wants[place:]
    return [*wants[:place], *(want for want in later if want.kind in kinds), *(want for want in later if want.kind not in kinds)]


def _part(step) -> str:
    module = step.__module__.rpartition(".")[2]
    return PARTS.get(module, module)

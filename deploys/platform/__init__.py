"""
The platform: everything a deployment wants, in order. Read from top to bottom this is the install; mirrored, the cleanup.

What takes long is started as soon as its inputs exist and waited for just before its first reader.
"""

from __future__ import annotations

from connectors import lock
from deploys.platform.addons import addons
from deploys.platform.airflow import airflow, airflow_roles, airflow_volume
from deploys.platform.cluster import cluster
from deploys.platform.container_logs import container_logs, container_logs_ready
from deploys.platform.cost import cost, cost_ready
from deploys.platform.database import database, database_ready
from deploys.platform.metrics import metrics, metrics_ready, workspace
from deploys.platform.network import network, ways_out
from deploys.platform.nodes import nodes
from deploys.platform.scaling import scaling, scaling_ready
from deploys.platform.secrets import secrets
from deploys.platform.spark import spark, spark_ready
from deploys.platform.storage import storage, storage_ready
from deploys.platform.traffic import certificate, ingress, ingress_ready, load_balancer_controller_ready
from deploys.platform.watches import watches
from deploys.want import Want, want
from operations import ssm
from settings import Settings


def platform(settings: Settings) -> list[Want]:
    """Every want of a deployment, in the order of the install."""
    wants = [
        *network(settings),
        *secrets(settings),
        *certificate(settings),
        *workspace(settings),
        *database(settings),
        *cluster(settings),
        *storage(settings),
        *ways_out(settings),
        *nodes(settings),
        *addons(settings),
        *load_balancer_controller_ready(settings),
        *container_logs(settings),
        *scaling(settings),
        *spark(settings),
        *airflow_roles(settings),
        *storage_ready(settings),
        *airflow_volume(settings),
        *ingress(settings),
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
    return [want(ssm.lock, lock.name(settings.deployment)), *watches(settings, wants), *wants]

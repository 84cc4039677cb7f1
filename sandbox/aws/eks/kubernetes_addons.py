"""Add-ons as workloads of the cluster's Kubernetes."""

import threading

from sandbox.aws.eks.addon_schemas import read_configuration
from sandbox.aws.eks.backend import Cluster
from sandbox.aws.eks.kubernetes import already_done, in_background


def install(cluster: Cluster, addon: dict) -> threading.Event:
    """The add-on's workloads, of its version and configuration."""
    if not cluster.plane:
        return already_done()
    from sandbox.kubernetes import addons

    if addon["addonName"] not in addons.names():
        return already_done()
    configuration = read_configuration(addon["addonName"], addon.get("configurationValues"))
    given = addon["addonName"], addon["addonVersion"], configuration, addon.get("serviceAccountRoleArn")
    return in_background(lambda: addons.install(cluster.plane.kubeconfig, *given))


def remove(cluster: Cluster, name: str) -> threading.Event:
    if not cluster.plane:
        return already_done()
    from sandbox.kubernetes import addons

    if name not in addons.names():
        return already_done()
    return in_background(lambda: addons.remove(cluster.plane.kubeconfig, name))


def health(cluster: Cluster, name: str) -> list[dict] | None:
    """Issues of an add-on as the cluster shows them; None where there is no cluster to ask."""
    if not cluster.plane or not cluster.plane.running:
        return None
    from sandbox.kubernetes import addons

    return addons.health(cluster.plane.kubeconfig, name) if name in addons.names() else []

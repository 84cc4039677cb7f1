"""The Kubernetes half of a cluster, driven in threads of its own; without it, a cluster is a description."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from moto.ec2.models import ec2_backends

from sandbox.aws.clock import lock
from sandbox.aws.eks.addon_schemas import read_configuration
from sandbox.aws.eks.backend import Cluster, Nodegroup, all_clusters

log = logging.getLogger(__name__)


class Readiness(threading.Event):
    """Set when the control plane serves; `failure` tells why it never will."""

    endpoint = "https://127.0.0.1:1"
    certificate_authority = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
    failure = ""


class settings:
    enabled = False
    directory = Path()
    port = 0


def configure(enabled: bool, directory: Path, port: int) -> None:
    """
    + enabled: whether clusters get a control plane
    + directory: of the clusters' own directories
    + port: of the endpoint, which checks tokens
    """
    settings.enabled, settings.directory, settings.port = enabled, directory, port


def in_background(work: Callable[[], None]) -> threading.Event:
    """Does the work in a thread; the event tells when it is done, well or not."""
    done = threading.Event()

    def run() -> None:
        try:
            work()
        except Exception:
            log.exception("the Kubernetes half failed")
        finally:
            done.set()

    threading.Thread(target=run, daemon=True).start()
    return done


def start(cluster: Cluster) -> Readiness:
    ready = Readiness()
    if not settings.enabled:
        ready.set()
        return ready
    from sandbox.kubernetes import ControlPlane

    url = f"http://127.0.0.1:{settings.port}/sandbox/authenticate/{cluster.region}/{cluster.name}"
    directory = settings.directory / cluster.region / cluster.name
    issuer = cluster.description["identity"]["oidc"]["issuer"]
    cluster.plane = ControlPlane(cluster.name, cluster.region, directory, authenticate_url=url, issuer=issuer)

    def work() -> None:
        try:
            cluster.plane.start()
            cluster.provisioner = provisioner(cluster)
            ready.endpoint, ready.certificate_authority = cluster.plane.endpoint, cluster.plane.certificate_authority
            ready.set()
        except Exception as error:
            ready.failure = str(error)
            raise

    in_background(work)
    return ready


def provisioner(cluster: Cluster):
    """What the CSI drivers' controllers do in AWS while they run in the cluster."""
    from sandbox.aws.eks import volumes
    from sandbox.kubernetes.volumes import Provisioner

    create = lambda driver, claim, storage_class: volumes.create(cluster, driver, claim, storage_class)  # noqa: E731
    started = Provisioner(cluster.plane.kubeconfig, create, lambda driver, handle: volumes.delete(cluster, driver, handle))
    started.start()
    return started


def stop(cluster: Cluster) -> threading.Event:
    if not cluster.plane:
        return already_done()

    def work() -> None:
        if cluster.provisioner:
            cluster.provisioner.stop()
        cluster.plane.stop()

    return in_background(work)


def stop_all() -> None:
    with lock:
        stopping = [stop(cluster) for cluster in all_clusters()]
    for done in stopping:
        done.wait(20)


def already_done() -> threading.Event:
    done = threading.Event()
    done.set()
    return done


def upgrade(cluster: Cluster) -> None:
    """The control plane is of one version; only what EKS describes changes."""


def join(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> threading.Event:
    """The instances become nodes; those that are already get the node group's labels and taints of now."""
    if not cluster.plane or not instances:
        return already_done()
    from sandbox.kubernetes import nodes

    described = nodegroup.description
    joining = [node_of(cluster, number) for number in instances]
    given = {
        "nodegroup": described["nodegroupName"],
        "labels": dict(described["labels"]),
        "taints": list(described["taints"]),
        "capacity_type": described["capacityType"],
        "version": described["version"],
        "disk": described.get("diskSize") or 20,
    }
    return in_background(lambda: nodes.join(cluster.plane.kubeconfig, joining, **given))


def relabel(cluster: Cluster, nodegroup: Nodegroup) -> None:
    join(cluster, nodegroup, list(nodegroup.instances))


def leave(cluster: Cluster, nodegroup: Nodegroup, instances: list[str]) -> threading.Event:
    """The nodes of these instances are drained and removed."""
    if not cluster.plane or not instances:
        return already_done()
    from sandbox.kubernetes import nodes

    leaving = [node_of(cluster, number) for number in instances]
    return in_background(lambda: nodes.leave(cluster.plane.kubeconfig, leaving))


def node_of(cluster: Cluster, number: str):
    from sandbox.kubernetes.nodes import Instance

    ec2 = ec2_backends[cluster.account][cluster.region]
    instance = ec2.get_instance(number)
    subnet = ec2.get_subnet(instance.subnet_id)
    return Instance(
        id=instance.id,
        zone=subnet.availability_zone,
        zone_id=subnet.availability_zone_id,
        private_ip=instance.private_ip,
        type=instance.instance_type,
        region=cluster.region,
    )


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

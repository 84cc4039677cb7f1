"""The Kubernetes half of a cluster, driven in threads of its own; without it, a cluster is a description."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster, all_clusters

log = logging.getLogger(__name__)
WEB = 8080, "airflow-api-server.airflow.svc.cluster.local:8080"
"""The port of 127.0.0.1, if it is free, that leads to Airflow's UI, and to what."""


class Readiness(threading.Event):
    """Set when the control plane serves; `failure` tells why it never will."""

    endpoint = "https://127.0.0.1:1"
    certificate_authority = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"
    failure = ""


class settings:
    enabled = False
    directory = Path()
    port = 0
    processes: tuple[str, ...] = ()


def configure(enabled: bool, directory: Path, port: int, processes: tuple[str, ...] = ()) -> None:
    """
    + enabled: whether clusters get a control plane
    + directory: of the clusters' own directories
    + port: of the endpoint, which checks tokens
    + processes: namespaces whose pods are processes
    """
    settings.enabled, settings.directory, settings.port, settings.processes = enabled, directory, port, processes


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
    cluster.plane = ControlPlane(cluster.name, cluster.region, directory, authenticate_url=url, issuer=issuer, processes=settings.processes)

    def work() -> None:
        try:
            cluster.plane.start()
            cluster.controllers = [provisioner(cluster), load_balancer_controller(cluster), service_controller(cluster)]
            cluster.controllers += programs_of_charts(cluster)
            if settings.processes:
                cluster.controllers.append(process_node(cluster))
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


def load_balancer_controller(cluster: Cluster):
    """What the load balancer controller does in AWS while it runs in the cluster."""
    from sandbox.aws.eks import load_balancers
    from sandbox.kubernetes.ingresses import LoadBalancerController

    create = lambda ingress, arguments: load_balancers.create(cluster, ingress, arguments)  # noqa: E731
    started = LoadBalancerController(cluster.plane.kubeconfig, create, lambda ingress: load_balancers.delete(cluster, ingress))
    started.start()
    return started


def process_node(cluster: Cluster):
    """The node of the pods that are processes."""
    from sandbox.airflow import VERSION, environment
    from sandbox.docker import built
    from sandbox.kubernetes.control_plane import NODE
    from sandbox.kubernetes.ports import free_port
    from sandbox.node import SHELL, ProcessNode, Settings
    from sandbox.node.images.airflow import images
    from sandbox.programs import STATSD_EXPORTER, programs

    of_release = images(environment(), VERSION, programs(module=STATSD_EXPORTER))
    node = cluster.node = ProcessNode(
        cluster.plane.directory / NODE,
        Settings(
            cluster=cluster.name,
            region=cluster.region,
            kubeconfig=str(cluster.plane.kubeconfig),
            namespaces=settings.processes,
            kubernetes_port=int(cluster.plane.endpoint.rpartition(":")[2]),
            aws_port=settings.port,
            published={free_port(WEB[0]): WEB[1]},
            images=(SHELL, *of_release, *built(of_release[0])),
        ),
    )
    node.start()
    cluster.plane.egress.dialers.append(node.dial)
    return node


def service_controller(cluster: Cluster):
    """What EKS's cloud controller does in AWS for Services."""
    from sandbox.aws.eks import service_balancers
    from sandbox.kubernetes.services import ServiceController

    create = lambda service, _: service_balancers.create(cluster, service)  # noqa: E731
    started = ServiceController(cluster.plane.kubeconfig, create, lambda service: service_balancers.delete(cluster, service))
    started.start()
    return started


def programs_of_charts(cluster: Cluster) -> list:
    """What programs that charts bring do in the cluster alone."""
    from sandbox.kubernetes.prometheus_operator import PrometheusOperator
    from sandbox.kubernetes.spark_operator import SparkOperator
    from sandbox.kubernetes.spark_webhook import SparkWebhook

    kinds = (PrometheusOperator, SparkWebhook, *([SparkOperator] if settings.processes else []))
    started = [played(cluster.plane.kubeconfig) for played in kinds]
    for program in started:
        program.start()
    return started


def stop(cluster: Cluster) -> threading.Event:
    if not cluster.plane:
        return already_done()

    def work() -> None:
        for controller in cluster.controllers:
            controller.stop()
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

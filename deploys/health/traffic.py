"""Traffic: the load balancer controller, the UI's load balancer, its certificate and host name."""

from __future__ import annotations

from collections.abc import Iterator

from pyinfra.context import host

from connectors.kubernetes.address import address_of
from deploys.health.check import Check, of
from deploys.health.workloads import deployment
from deploys.platform.traffic import NAMESPACE, RELEASE, ingress_name, load_balancer
from deploys.want import Want
from facts import acm, elbv2, k8s
from settings import Settings


def checks(settings: Settings, wants: list[Want]) -> Iterator[Check]:
    """What is on of it."""
    return of("load balancer", _checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    if settings.enable_aws_load_balancer_controller:
        yield deployment(NAMESPACE, RELEASE)
    if settings.ingress:
        yield from _ingress(settings)
    if settings.domain:
        certificate = host.get_fact(acm.Certificate, certificate=settings.deployment) or {}
        yield Check(f"certificate of {settings.domain}", certificate.get("Status", "absent"), "ISSUED", certificate.get("CertificateArn", ""))


def _ingress(settings: Settings) -> Iterator[Check]:
    name = ingress_name(settings)
    live = host.get_fact(k8s.Object, api_version="networking.k8s.io/v1", kind="Ingress", object=name, namespace="airflow")
    balancer = host.get_fact(elbv2.LoadBalancer, load_balancer=load_balancer(settings)) or {}
    wanted, now = balancer.get("DNSName", "an address"), address_of(live)
    why = "" if now else f"kubectl describe ingress {name} --namespace airflow"
    yield Check(f"Ingress {name}", now or ("no address" if live else "absent"), wanted, why)
    yield Check("load balancer of the UI", balancer.get("State", {}).get("Code", "absent"), "active", load_balancer(settings))
    yield Check("scheme of the UI's load balancer", balancer.get("Scheme", "absent"), settings.ingress_scheme)

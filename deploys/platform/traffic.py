"""Traffic from outside: the load balancer controller, the UI's load balancer, its certificate and its host name."""

from __future__ import annotations

from connectors.commands.reference import Ref
from connectors.kubernetes.manifest import documents, merge
from deploys.platform.policies import load_balancer_controller as controller_policy
from deploys.platform.policies import pod_identity_trust
from deploys.want import Want, want
from facts.acm import Certificate
from facts.ec2 import vpc_id
from operations import acm, eks, elb, elbv2, helm, iam, k8s, route53
from settings import Settings

RELEASE = "aws-load-balancer-controller"
NAMESPACE = "kube-system"
INGRESS = "airflow-ingress"
ANNOTATION = "alb.ingress.kubernetes.io"
HTTPS = {
    f"{ANNOTATION}/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]',
    f"{ANNOTATION}/ssl-redirect": "443",
    f"{ANNOTATION}/ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
}


def load_balancer(settings: Settings) -> str:
    """The name of the UI's load balancer: at most 32 characters, and not one of AWS's own ``internal-``."""
    return f"airflow-{settings.deployment}"


def certificate(settings: Settings) -> list[Want]:
    """The certificate of the UI's host name, requested early, and the record that proves it: Certificate Manager takes some minutes."""
    name, present = settings.deployment, settings.domain is not None
    return [
        want(acm.certificate, name, domain=settings.domain, present=present),
        want(route53.validation, name, zone=settings.zone_of_domain, present=present),
    ]


def load_balancer_controller(settings: Settings) -> list[Want]:
    """The start of the controller; `load_balancer_controller_ready` waits for it."""
    cluster, on = settings.deployment, settings.enable_aws_load_balancer_controller
    chart = settings.chart(RELEASE)
    overlay = {"clusterName": cluster, "region": settings.region, "vpcId": vpc_id(settings.vpc), "defaultTags": settings.tag}
    return [
        want(
            iam.role,
            settings.role("load-balancer-controller"),
            trust=pod_identity_trust(settings),
            policies={"load-balancers": controller_policy(settings)},
            description=f"Load balancer controller of {cluster}",
            present=on,
        ),
        want(
            eks.pod_identity,
            f"{NAMESPACE}/{RELEASE}",
            cluster=cluster,
            role_arn=settings.role_arn("load-balancer-controller"),
            present=on,
        ),
        want(helm.crds, RELEASE, version=chart.version, source=chart.repo, present=on),
        want(
            helm.release,
            RELEASE,
            namespace=NAMESPACE,
            chart=chart.name,
            version=chart.version,
            source=chart.repo,
            overlay=overlay,
            present=on,
        ),
    ]


def load_balancer_controller_ready(settings: Settings) -> list[Want]:
    """
    The controller, ready before anything makes a Service or an Ingress, since both pass its webhooks; after it the bookends that
    remove what it was to serve and what it leaves, which cleanup comes to between our own Ingress and the controller.
    """
    cluster, on = settings.deployment, settings.enable_aws_load_balancer_controller
    return [
        want(k8s.ready, f"{NAMESPACE}/traffic", workloads=[f"Deployment/{RELEASE}"], present=on),
        want(elbv2.leftovers, cluster, vpc=settings.vpc, present=on),
        want(elb.leftovers, cluster, vpc=settings.vpc),
        want(k8s.balanced, cluster),
    ]


def ingress_name(settings: Settings) -> str:
    """
    The name of the UI's Ingress. With a domain it is another object, so that switching the domain off takes the load balancer that
    uses the certificate away before the certificate.
    """
    return f"{INGRESS}-https" if settings.domain else INGRESS


def ingress(settings: Settings) -> list[Want]:
    """The start of the UI's load balancer, before Airflow is there; its certificate is waited for, since it would not start without."""
    on, secure = settings.ingress, settings.domain is not None
    plain = {f"Ingress/{INGRESS}": _given(_annotations(settings))}
    controller = f"{NAMESPACE}/{RELEASE}"
    return [
        want(k8s.bundle, INGRESS, overlay=plain, controller=controller, present=on and not secure),
        want(acm.issued, settings.deployment, present=secure),
        want(k8s.bundle, f"{INGRESS}-https", objects=[_https(settings)], controller=controller, present=on and secure),
    ]


def ingress_ready(settings: Settings) -> list[Want]:
    """The load balancer once it is active, and the host name that points to it."""
    balancer = load_balancer(settings)
    return [
        want(k8s.address, f"airflow/{ingress_name(settings)}", present=settings.ingress),
        want(elbv2.load_balancer, balancer, present=settings.ingress),
        want(
            route53.alias,
            settings.deployment,
            domain=settings.domain,
            zone=settings.zone_of_domain,
            load_balancer=balancer,
            present=settings.domain is not None,
        ),
    ]


def _annotations(settings: Settings) -> dict:
    ranges = settings.ingress_cidrs or settings.ranges
    kind = "public" if settings.ingress_scheme == "internet-facing" else "internal"
    places = [subnet.name for subnet in settings.one_in_each_zone(kind)] if settings.vpc_id else []
    return {
        **({f"{ANNOTATION}/subnets": ",".join(places)} if places else {}),
        f"{ANNOTATION}/load-balancer-name": load_balancer(settings),
        f"{ANNOTATION}/scheme": settings.ingress_scheme,
        f"{ANNOTATION}/inbound-cidrs": ",".join(ranges),
    }


def _https(settings: Settings) -> dict:
    (plain,) = documents(f"manifests/{INGRESS}.yaml")
    arn = Ref(Certificate, "CertificateArn", certificate=settings.deployment)
    annotations = {**_annotations(settings), **HTTPS, f"{ANNOTATION}/certificate-arn": arn}
    return merge(merge(plain, _given(annotations)), {"metadata": {"name": f"{INGRESS}-https"}})


def _given(annotations: dict) -> dict:
    return {"metadata": {"annotations": annotations}}

"""Operations on AWS Certificate Manager."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.command import AwsCall, Wait
from connectors.commands.reference import Ref
from facts.acm import MISSING, Certificate, NamedCertificate
from operations import tags as tag
from operations.differ import Change, differing, refused
from operations.ownership import own

FAILED = ("FAILED", "VALIDATION_TIMED_OUT", "REVOKED", "EXPIRED")


@operation()
def certificate(certificate: str, domain: str | None = None, tags: dict | None = None, present: bool = True):
    """
    Request/delete a certificate that a DNS record proves: see `route53.validation`. `acm.issued` waits for it.

    + certificate: its Name tag
    + domain: the host name it is for (fixed)
    + tags: its tags, given when it is requested; by the deployment's it is found
    + present: whether it should exist

    **Idempotency:** another domain is refused, as is a certificate of this Name tag without the deployment's. A certificate that was never issued
    or has run out is requested anew.

    **Example:**

    .. code:: python

        acm.certificate(certificate="airflow-dev", domain="airflow.example.com", tags={"airflow-on-eks/deployment": "airflow-dev"}, name="Certificate")
    """
    now = host.get_fact(Certificate, certificate=certificate)
    if not present:
        if now:
            yield _delete(now)
        else:
            host.noop(f"certificate {certificate} is already absent")
        return
    tags = {"Name": certificate, **(tags or {})}
    if now and now["Status"] not in FAILED:
        refused("certificate", certificate, differing(now, DomainName=domain), "install once with domain=None, then with the new domain")
        host.noop(f"certificate {certificate} is already present")
        return
    if now:
        yield _delete(now)
    elif theirs := host.get_fact(NamedCertificate, certificate=certificate):
        own("certificate", certificate, theirs, theirs["Tags"], present)
    yield AwsCall("acm", "request_certificate", DomainName=domain, ValidationMethod="DNS", Tags=tag.listed(tags))


@operation()
def issued(certificate: str, present: bool = True):
    """
    Wait until a certificate is issued: its domain's record must be there; mirrored it does nothing.

    + certificate: its Name tag
    + present: ``False`` waits for nothing

    **Idempotency:** a certificate that is issued is left alone.

    **Example:**

    .. code:: python

        acm.issued(certificate="airflow-dev", name="Certificate issued")
    """
    now = host.get_fact(Certificate, certificate=certificate) if present else None
    if not present:
        host.noop(f"certificate {certificate} is not waited for")
    elif now and now["Status"] == "ISSUED":
        host.noop(f"certificate {certificate} is already issued")
    else:
        arn = Ref(Certificate, "CertificateArn", certificate=certificate)
        yield Wait("acm", "certificate_issued", CertificateArn=arn).because([Change("status", now and now["Status"], "ISSUED")])


def _delete(now):
    return AwsCall("acm", "delete_certificate", missing=MISSING, CertificateArn=now["CertificateArn"])

"""Certificate Manager: a certificate is issued once its validation record is in a public zone, and kept while a listener uses it."""

import hashlib

from moto.acm.models import CertBundle, acm_backends
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import amends, follows, refuses

CertBundle.check = lambda self: None
"""The emulator's certificates would be issued by themselves after a minute."""


def proof(certificate) -> dict[str, str]:
    """The record that is asked for."""
    digest = hashlib.sha256(f"{certificate.arn.split(':')[4]}{certificate.common_name}".encode()).hexdigest()
    return {"Name": f"_{digest[:32]}.{certificate.common_name}.", "Type": "CNAME", "Value": f"_{digest[32:]}.xlfgrmvvlj.acm-validations.aws."}


@amends("acm", "DescribeCertificate")
def describe(call: Call, answer: dict) -> None:
    described = answer["Certificate"]
    certificate = acm_backends[call.account][call.region]._certificates[described["CertificateArn"]]
    for option in described.get("DomainValidationOptions") or ():
        option["ResourceRecord"] = proof(certificate)
    described["InUseBy"] = users_of(call, certificate.arn)
    if certificate.status == "ISSUED":
        described["IssuedAt"] = described["NotBefore"]


@follows("route53", "ChangeResourceRecordSets")
def look_for_proofs(call: Call) -> None:
    for certificates in acm_backends[call.account].values():
        for certificate in certificates._certificates.values():
            if certificate.status == "PENDING_VALIDATION" and proven(call.account, certificate):
                clock.after("acm certificate issue", lambda certificate=certificate: setattr(certificate, "status", "ISSUED"))


def proven(account: str, certificate) -> bool:
    wanted = proof(certificate)
    for zone in route53_backends[account]["aws"].zones.values():
        for record in zone.rrsets:
            if not zone.private_zone and (record.name, record.type) == (wanted["Name"], "CNAME") and wanted["Value"] in record.records:
                return True
    return False


def users_of(call: Call, arn: str) -> list[str]:
    """The load balancers with a listener that has the certificate."""
    balancers = elbv2_backends[call.account][call.region].load_balancers.values()
    return [balancer.arn for balancer in balancers if any(arn in (listener.certificates or []) for listener in balancer.listeners.values())]


@refuses("acm", "DeleteCertificate")
def keep_used(call: Call) -> None:
    arn = call.params["CertificateArn"]
    if users_of(call, arn):
        raise AwsError("ResourceInUseException", f"Certificate {arn} in account {call.account} is in use.", status=400)

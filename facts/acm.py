"""Facts about AWS Certificate Manager."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact, named, owned_anywhere

MISSING = ("ResourceNotFoundException",)


class Certificate(AwsFact):
    """
    Returns the deployment's certificate, or ``None``: ``CertificateArn``, ``DomainName``, ``Status``, ``InUseBy``, and the record that proves the
    domain in ``DomainValidationOptions[0].ResourceRecord``, some seconds after it was requested.

    It is found by the tags, which AWS's tagging API knows a moment after the certificate is there and forgets a while after it is gone.

    + certificate: its Name tag

    .. code:: python

        {"CertificateArn": "arn:aws:acm:...", "DomainName": "airflow.example.com", "Status": "ISSUED", ...}
    """

    pick = "[0].Certificate"

    def command(self, certificate):
        return certificates(f" && {named(certificate)}")


def certificates(more: str = "") -> AwsEach:
    """
    Each of the deployment's certificates, described.

    + more: JMESPath condition on those the tagging API tells
    """
    found = f"ResourceTagMappingList[?contains(ResourceARN, ':acm:'){more}].{{CertificateArn: ResourceARN}}"
    return AwsEach(owned_anywhere(), found, AwsCall("acm", "describe_certificate", missing=MISSING))

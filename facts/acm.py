"""Facts about AWS Certificate Manager."""

from __future__ import annotations

from connectors.commands.command import AwsCall, AwsEach
from facts.aws import AwsFact, named, owned_anywhere

MISSING = ("ResourceNotFoundException",)
KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]


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


class NamedCertificate(AwsFact):
    """
    Returns the ARN and ``Tags`` of a certificate with this Name tag, of the deployment or of somebody else, or ``None``, as AWS's tagging API
    knows them.

    + certificate: its Name tag
    """

    pick = "ResourceTagMappingList[0]"

    def command(self, certificate):
        filters = [{"Key": "Name", "Values": [certificate]}]
        return AwsCall("resourcegroupstaggingapi", "get_resources", ResourceTypeFilters=["acm:certificate"], TagFilters=filters)


class SharedProof(AwsFact):
    """
    Returns the ARNs of all certificates of the account and region for a domain: Certificate Manager wants the same record for each of them.

    + domain: the host name
    """

    def command(self, domain):
        self.pick = f"CertificateSummaryList[?DomainName=='{domain}' || contains(SubjectAlternativeNameSummaries || `[]`, '{domain}')].CertificateArn"
        return AwsCall("acm", "list_certificates", Includes={"keyTypes": KEY_TYPES})


def certificates(more: str = "") -> AwsEach:
    """
    Each of the deployment's certificates, described.

    + more: JMESPath condition on those the tagging API tells
    """
    found = f"ResourceTagMappingList[?contains(ResourceARN, ':acm:'){more}].{{CertificateArn: ResourceARN}}"
    return AwsEach(owned_anywhere(), found, AwsCall("acm", "describe_certificate", missing=MISSING))

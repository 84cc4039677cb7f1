"""Facts about AWS Certificate Manager."""

from __future__ import annotations

from connectors.command import AwsCall, AwsEach
from connectors.reference import DEPLOYMENT, DEPLOYMENT_TAG
from facts.aws import AwsFact

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
        tags = [{"Key": DEPLOYMENT_TAG, "Values": [DEPLOYMENT]}, {"Key": "Name", "Values": [certificate]}]
        return AwsEach(
            AwsCall("resourcegroupstaggingapi", "get_resources", ResourceTypeFilters=["acm:certificate"], TagFilters=tags),
            "ResourceTagMappingList[].{CertificateArn: ResourceARN}",
            AwsCall("acm", "describe_certificate", missing=MISSING),
        )

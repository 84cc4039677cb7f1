"""Facts about prices: what AWS's Price List says of the things a deployment is made of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from connectors.commands.command import AwsCall
from facts.aws import AwsFact

NOT_TOLD = ("AccessDenied", "AccessDeniedException", "NotFoundException")
"""Error codes of prices the caller may not ask for, and of services without any."""

LINUX = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used"}
ENGINE = "PostgreSQL"


@dataclass(frozen=True)
class Product:
    """
    How the Price List knows a thing.

    + service: as the Price List calls it
    + usage: how its usage type ends, after the region's prefix (a pattern)
    + attributes: what else tells it from others
    """

    service: str
    usage: str
    attributes: dict = field(default_factory=dict)


PRODUCTS = {
    "eks cluster": Product("AmazonEKS", "AmazonEKS-Hours:perCluster"),
    "ebs gp3": Product("AmazonEC2", r"EBS:VolumeUsage\.gp3", {"productFamily": "Storage", "volumeApiName": "gp3"}),
    "nat hour": Product("AmazonEC2", "NatGateway-Hours", {"productFamily": "NAT Gateway"}),
    "nat gigabyte": Product("AmazonEC2", "NatGateway-Bytes", {"productFamily": "NAT Gateway"}),
    "public address": Product("AmazonVPC", "PublicIPv4:InUseAddress"),
    "load balancer": Product("AWSELB", "LoadBalancerUsage", {"productFamily": "Load Balancer-Application"}),
    "load balancer capacity": Product("AWSELB", "LCUUsage", {"productFamily": "Load Balancer-Application"}),
    "s3 standard": Product("AmazonS3", "TimedStorage-ByteHrs", {"volumeType": "Standard"}),
    "efs standard": Product("AmazonEFS", "TimedStorage-ByteHrs", {"storageClass": "General Purpose"}),
    "logs gigabyte": Product("AmazonCloudWatch", "DataProcessing-Bytes"),
    "key": Product("awskms", "KMS-Keys"),
    "secret": Product("AWSSecretsManager", "AWSSecretsManager-Secrets"),
}
"""
What does not vary, by its name in `settings.prices`.

Sources: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html and AWS's offer files,
https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/index.json
"""


def product(item: str) -> Product | None:
    """
    How the Price List knows something; ``None`` for what has no list price, as an instance on spot.

    + item: ``eks cluster``, ``ec2 m5.xlarge``, ``rds db.m6g.large Multi-AZ`` or ``rds storage Single-AZ``
    """
    kind, _, rest = item.partition(" ")
    name, _, how = rest.partition(" ")
    if kind == "ec2":
        return Product("AmazonEC2", "BoxUsage:.+", {"instanceType": name, **LINUX}) if not how else None
    if kind == "rds" and name == "storage":
        return Product(
            "AmazonRDS", r"RDS:(Multi-AZ-)?GP3-Storage", {"productFamily": "Database Storage", "volumeType": "General Purpose-GP3", "deploymentOption": how}
        )
    if kind == "rds":
        return Product("AmazonRDS", "(InstanceUsage|Multi-AZUsage):.+", {"instanceType": name, "databaseEngine": ENGINE, "deploymentOption": how})
    return PRODUCTS.get(item)


class ListPrice(AwsFact):
    """
    Returns the list price of a unit on demand (US dollars), or ``None`` where AWS does not tell it, or several that differ.

    + item: as `product` takes it
    + region: ``us-west-2``
    """

    def command(self, item, region):
        self.item = item
        wanted = product(item) or Product("AmazonEKS", "")
        filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in {"regionCode": region, **wanted.attributes}.items()]
        return AwsCall("pricing", "get_products", missing=NOT_TOLD, ServiceCode=wanted.service, Filters=filters, FormatVersion="aws_v1")

    def process(self, output):
        found = map(json.loads, json.loads("\n".join(output))["PriceList"])
        usage = re.compile(rf"([A-Za-z0-9-]+-)?{product(self.item).usage}")
        ours = [item for item in found if usage.fullmatch(item["product"]["attributes"].get("usagetype", "")) and _any_engine(item)]
        prices = {float(usd) for item in ours for usd in _on_demand(item) if float(usd)}
        return prices.pop() if len(prices) == 1 else None


def _any_engine(item: dict) -> bool:
    return item["product"]["attributes"].get("databaseEngine", "Any") in ("Any", ENGINE)


def _on_demand(item: dict):
    """The prices of the first tier."""
    for term in item["terms"].get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            if dimension.get("beginRange", "0") == "0" and "USD" in dimension["pricePerUnit"]:
                yield dimension["pricePerUnit"]["USD"]

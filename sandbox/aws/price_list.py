"""The Price List: products as AWS describes them, with round figures for prices, for three regions."""

import json
from collections.abc import Iterator

from moto.ec2.models.instance_types import INSTANCE_TYPES

from sandbox.aws.call import Call
from sandbox.aws.ec2.prices import on_demand
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers

ENDPOINTS = ("us-east-1", "eu-central-1", "ap-south-1")
"""Where it is asked. Source: https://docs.aws.amazon.com/general/latest/gr/billing.html"""

REGIONS = {"us-east-1": ("", 1.0), "us-west-2": ("USW2-", 1.0), "eu-central-1": ("EUC1-", 1.2)}
"""The prefix of the usage types of each region, and how dear it is."""

LINUX = {"operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used", "licenseModel": "No License required"}
NAT, BALANCER, STORAGE = {"productFamily": "NAT Gateway"}, {"productFamily": "Load Balancer-Application"}, {"productFamily": "Storage"}
DATABASE_STORAGE = {"productFamily": "Database Storage", "volumeType": "General Purpose-GP3", "databaseEngine": "Any"}

FIXED = (
    ("AmazonEKS", "AmazonEKS-Hours:perCluster", 0.1, {"productFamily": "Compute"}),
    ("AmazonEKS", "AmazonEKS-Hours:extendedSupport", 0.5, {"productFamily": "Compute"}),
    ("AmazonEC2", "EBS:VolumeUsage.gp3", 0.1, {**STORAGE, "volumeApiName": "gp3"}),
    ("AmazonEC2", "EBS:VolumeP-IOPS.gp3", 0.01, {"productFamily": "System Operation", "volumeApiName": "gp3"}),
    ("AmazonEC2", "NatGateway-Hours", 0.05, NAT),
    ("AmazonEC2", "RegionalNatGateway-Hours", 0.06, NAT),
    ("AmazonEC2", "NatGateway-Bytes", 0.05, NAT),
    ("AmazonVPC", "PublicIPv4:InUseAddress", 0.005, {"productFamily": "VpcPublicIPv4Address"}),
    ("AmazonVPC", "PublicIPv4:IdleAddress", 0.005, {"productFamily": "VpcPublicIPv4Address"}),
    ("AWSELB", "LoadBalancerUsage", 0.02, BALANCER),
    ("AWSELB", "LCUUsage", 0.01, BALANCER),
    ("AWSELB", "LoadBalancerUsage", 0.03, {"productFamily": "Load Balancer"}),
    ("AmazonRDS", "RDS:GP3-Storage", 0.1, {**DATABASE_STORAGE, "deploymentOption": "Single-AZ"}),
    ("AmazonRDS", "RDS:Multi-AZ-GP3-Storage", 0.2, {**DATABASE_STORAGE, "deploymentOption": "Multi-AZ"}),
    ("AmazonRDS", "RDS:GP3-Storage", 0.3, {**DATABASE_STORAGE, "deploymentOption": "Single-AZ", "databaseEngine": "Oracle"}),
    ("AmazonS3", "TimedStorage-ByteHrs", 0.02, {**STORAGE, "volumeType": "Standard"}),
    ("AmazonEFS", "TimedStorage-ByteHrs", 0.3, {**STORAGE, "storageClass": "General Purpose"}),
    ("AmazonCloudWatch", "DataProcessing-Bytes", 0.5, {"productFamily": "Data Payload"}),
    ("AmazonCloudWatch", "VendedLog-Bytes", 0.4, {"productFamily": "Data Payload"}),
    ("awskms", "KMS-Keys", 1.0, {"productFamily": "Encryption Key"}),
    ("AWSSecretsManager", "AWSSecretsManager-Secrets", 0.4, {"productFamily": "Secret"}),
)
"""Service, usage type, price and attributes of what does not depend on what is asked for."""


@answers("pricing", "GetProducts")
def get_products(call: Call) -> dict:
    if call.region not in ENDPOINTS:
        raise AwsError("InvalidParameterException", f"there is no endpoint of the Price List in {call.region}", status=400)
    service, filters = call.params["ServiceCode"], call.params.get("Filters") or []
    if call.params.get("FormatVersion", "aws_v1") != "aws_v1":
        raise AwsError("InvalidParameterException", "The value of FormatVersion is not valid.", status=400)
    if service not in {"AmazonEC2", "AmazonRDS", *(fixed[0] for fixed in FIXED)}:
        raise AwsError("NotFoundException", f"Service {service} is not found.", status=400)
    wanted = {one["Field"]: one["Value"] for one in filters if one["Type"] == "TERM_MATCH"}
    found = [document for document in products(service, wanted.get("instanceType", "")) if matches(document, wanted)]
    first, size = int(call.params.get("NextToken") or 0), call.params.get("MaxResults") or 100
    answer = {"FormatVersion": "aws_v1", "PriceList": [json.dumps(document) for document in found[first : first + size]]}
    return answer | ({"NextToken": str(first + size)} if len(found) > first + size else {})


def products(service: str, kind: str) -> Iterator[dict]:
    for region, (prefix, dear) in REGIONS.items():
        for code, usage, price, attributes in FIXED:
            if code == service:
                yield document(code, region, f"{region}-{usage}" if code == "awskms" else prefix + usage, price * dear, attributes)
        if service == "AmazonEC2" and kind in INSTANCE_TYPES:
            compute = {"productFamily": "Compute Instance", "instanceType": kind, **LINUX}
            yield document(service, region, f"{prefix}BoxUsage:{kind}", on_demand(kind) * dear, compute)
            yield document(service, region, f"{prefix}BoxUsage:{kind}", on_demand(kind) * dear * 2, {**compute, "operatingSystem": "Windows"})
            yield document(service, region, f"{prefix}UnusedBox:{kind}", on_demand(kind) * dear, {**compute, "capacitystatus": "UnusedCapacityReservation"})
        if service == "AmazonRDS" and kind.removeprefix("db.") in INSTANCE_TYPES:
            yield from databases(region, prefix, kind, on_demand(kind.removeprefix("db.")) * dear * 2)


def databases(region: str, prefix: str, kind: str, price: float) -> Iterator[dict]:
    for engine, dearer in (("PostgreSQL", 1), ("Oracle", 3)):
        instance = {"productFamily": "Database Instance", "instanceType": kind, "databaseEngine": engine}
        for usage, option, copies in (("InstanceUsage", "Single-AZ", 1), ("Multi-AZUsage", "Multi-AZ", 2)):
            yield document("AmazonRDS", region, f"{prefix}{usage}:{kind}", price * dearer * copies, {**instance, "deploymentOption": option})


def document(service: str, region: str, usage: str, price: float, attributes: dict) -> dict:
    sku = f"{abs(hash((service, region, usage, *attributes.items()))):016X}"[:16]
    family = attributes["productFamily"]
    rest = {name: value for name, value in attributes.items() if name != "productFamily"}
    told = {"servicecode": service, "regionCode": region, "usagetype": usage, **rest}
    tier = {"unit": "Hrs", "beginRange": "0", "endRange": "Inf", "pricePerUnit": {"USD": f"{price:.10f}"}, "description": usage}
    term = {"sku": sku, "priceDimensions": {f"{sku}.JRTCKXETXF.6YS6EN2CT7": tier}, "termAttributes": {}}
    return {"product": {"sku": sku, "productFamily": family, "attributes": told}, "serviceCode": service, "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}}}


def matches(document: dict, wanted: dict) -> bool:
    attributes = {**document["product"]["attributes"], "productFamily": document["product"]["productFamily"]}
    return all(attributes.get(field) == value for field, value in wanted.items())

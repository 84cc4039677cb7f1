"""What AWS asks at list prices and on demand, where its Price List cannot be asked: a row for each price that was published, none that is inferred."""

from datetime import date
from typing import NamedTuple


class Price(NamedTuple):
    """
    What a unit costs.

    + usd: US dollars, without tax
    + source: where it is published
    + seen: the day it was published or read
    """

    usd: float
    source: str
    seen: date


EKS = "https://aws.amazon.com/blogs/containers/amazon-eks-extended-support-for-kubernetes-versions-pricing/"
"""It says the same for every region."""

CATALOG = "https://github.com/skypilot-org/skypilot-catalog/blob/master/catalogs/v8/aws/vms.csv (00148f2, from AWS's Price List)"
KARPENTER = "https://github.com/aws/karpenter-provider-aws/blob/v1.14.1/pkg/providers/pricing/zz_generated.pricing_aws.go"
SNAPSHOT = "https://github.com/johnbekele/infracanvas/blob/main/data/pricing/README.md (AWS's Price List, ten rates checked by hand)"
OFFER = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/{}/current/{}/index.json"
FRANKFURT = "AWS's Price List API, regionCode=eu-central-1"

_EKS = Price(0.10, EKS, date(2024, 4, 1))
_OCTOBER, _AUGUST, _JULY = date(2026, 10, 4), date(2026, 8, 10), date(2026, 7, 6)

PRICES = {
    "us-west-2": {
        "eks cluster": _EKS,
        "ec2 m5.xlarge": Price(0.192, CATALOG, date(2026, 11, 28)),
        "ec2 t3.medium": Price(0.0416, OFFER.format("AmazonEC2", "us-west-2"), _OCTOBER),
        "ec2 m6g.large": Price(0.077, CATALOG, date(2026, 11, 28)),
        "ebs gp3": Price(0.08, OFFER.format("AmazonEC2", "us-west-2"), _OCTOBER),
        "nat hour": Price(0.045, OFFER.format("AmazonEC2", "us-west-2"), _OCTOBER),
        "public address": Price(0.005, OFFER.format("AmazonVPC", "us-west-2"), _OCTOBER),
        "load balancer": Price(0.0225, OFFER.format("AWSELB", "us-west-2"), _OCTOBER),
    },
    "us-east-1": {
        "eks cluster": _EKS,
        "ec2 m5.large": Price(0.096, KARPENTER, _JULY),
        "ec2 m5.xlarge": Price(0.192, KARPENTER, _JULY),
        "ec2 m6g.large": Price(0.077, CATALOG, date(2026, 11, 28)),
        "ebs gp3": Price(0.08, SNAPSHOT, _AUGUST),
        "nat hour": Price(0.045, SNAPSHOT, _AUGUST),
        "nat gigabyte": Price(0.045, "https://cloudburn.io/blog/aws-nat-gateway-pricing", date(2026, 2, 24)),
        "public address": Price(0.005, "https://cloudburn.io/blog/aws-nat-gateway-pricing", date(2026, 2, 24)),
        "load balancer": Price(0.0225, SNAPSHOT, _AUGUST),
        "load balancer capacity": Price(0.008, OFFER.format("AWSELB", "us-east-1"), date(2026, 8, 1)),
        "rds db.t4g.medium Single-AZ": Price(0.065, "https://infratally.com/articles/aws-rds-pricing-explained-2026.html", date(2026, 1, 1)),
        "rds storage Single-AZ": Price(0.115, "https://www.usage.ai/blogs/aws/reserved-instances/rds/pricing-calculator/", date(2026, 6, 1)),
        "s3 standard": Price(0.023, SNAPSHOT, _AUGUST),
        "efs standard": Price(0.30, SNAPSHOT, _AUGUST),
        "logs gigabyte": Price(0.50, "https://c3x.dev/blog/cloudwatch-logs-cost-optimization", date(2026, 6, 1)),
        "key": Price(1.00, "https://cloudburn.io/blog/aws-kms-pricing", date(2026, 3, 14)),
    },
    "eu-central-1": {
        "eks cluster": _EKS,
        "ec2 m5.xlarge": Price(0.23, CATALOG, date(2026, 11, 28)),
        "ec2 m6g.large": Price(0.092, CATALOG, date(2026, 11, 28)),
        "ebs gp3": Price(0.0952, FRANKFURT, date(2026, 8, 26)),
        "public address": Price(0.005, FRANKFURT, date(2026, 8, 26)),
    },
}
"""By region and what it is for: hours, GB-months, gigabytes, or a thing for a month."""


def known(region: str, item: str) -> Price | None:
    """
    Returns the published price of something; None where no source is known.

    + region: `us-west-2`
    + item: `ec2 m5.xlarge`
    """
    return PRICES.get(region, {}).get(item)

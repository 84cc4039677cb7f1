"""Service Quotas: what an account may have in a region, and the refusal of more."""

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

from sandbox.aws.call import Call
from sandbox.aws.ec2.backend import ec2_of
from sandbox.aws.eks.backend import backend_of
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import answers, refuses

ON_DEMAND, SPOT = "L-1216C47A", "L-34B43A08"

QUOTAS = {
    "L-F678F1CE": ("vpc", "VPCs per Region", 5, 50),
    "L-A4707A72": ("vpc", "Internet gateways per Region", 5, 50),
    "L-FE5A380F": ("vpc", "NAT gateways per Availability Zone", 5, 50),
    "L-0263D0A3": ("ec2", "EC2-VPC Elastic IPs", 5, 50),
    ON_DEMAND: ("ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5, 1920),
    SPOT: ("ec2", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 5, 1920),
    "L-1194D53C": ("eks", "Clusters", 100, None),
    "L-7B6409FD": ("rds", "DB instances", 40, None),
    "L-53DA6B97": ("elasticloadbalancing", "Application Load Balancers per Region", 50, None),
}
"""Service, name, AWS's default, and what the account's own was raised to, by code. Source: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html"""

applied: dict[str, float] = {}
"""What tests set, by code."""

STANDARD = tuple("acdhimrtz")
ENDED = ("terminated", "shutting-down", "stopped", "stopping")


def value(code: str) -> float:
    service, name, default, raised = QUOTAS[code]
    return applied.get(code, raised or default)


def described(code: str, number: float) -> dict:
    service, name, _, _ = QUOTAS[code]
    quota = {"ServiceCode": service, "ServiceName": service, "QuotaCode": code, "QuotaName": name, "Value": float(number), "Unit": "None"}
    return quota | {"Adjustable": True, "GlobalQuota": False}


def find(call: Call) -> str:
    code = call.params["QuotaCode"]
    if code not in QUOTAS or QUOTAS[code][0] != call.params["ServiceCode"]:
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.", status=400)
    return code


@answers("service-quotas", "GetServiceQuota")
def get_service_quota(call: Call) -> dict:
    """A quota that was never changed is known by its default alone."""
    code = find(call)
    if code not in applied and QUOTAS[code][3] is None:
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota has no applied value.", status=400)
    return {"Quota": described(code, value(code))}


@answers("service-quotas", "GetAWSDefaultServiceQuota")
def get_default_service_quota(call: Call) -> dict:
    code = find(call)
    return {"Quota": described(code, QUOTAS[code][2])}


def hold(code: str, used: int, error: AwsError) -> None:
    """Refuses one more than the quota."""
    if used + 1 > value(code):
        raise error


@refuses("ec2", "CreateVpc")
def hold_vpcs(call: Call) -> None:
    hold("L-F678F1CE", len(ec2_of(call).vpcs), AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached."))


@refuses("ec2", "CreateInternetGateway")
def hold_gateways(call: Call) -> None:
    error = AwsError("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.")
    hold("L-A4707A72", len(ec2_of(call).internet_gateways), error)


@refuses("ec2", "AllocateAddress")
def hold_addresses(call: Call) -> None:
    hold("L-0263D0A3", len(ec2_of(call).addresses), AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached."))


@refuses("ec2", "CreateNatGateway")
def hold_nat_gateways(call: Call) -> None:
    ec2 = ec2_of(call)
    zone = ec2.get_subnet(call.params["SubnetId"]).availability_zone
    counted = [gateway for gateway in ec2.nat_gateways.values() if gateway.state in ("pending", "available", "deleting")]
    used = sum(ec2.get_subnet(gateway.subnet_id).availability_zone == zone for gateway in counted)
    hold("L-FE5A380F", used, AwsError("NatGatewayLimitExceeded", f"The maximum number of NAT gateways has been reached in {zone}."))


@refuses("eks", "CreateCluster")
def hold_clusters(call: Call) -> None:
    clusters = backend_of(call).clusters
    if call.params["name"] not in clusters:
        hold("L-1194D53C", len(clusters), AwsError("ResourceLimitExceededException", "Cluster limit exceeded for account.", status=400))


@refuses("rds", "CreateDBInstance")
def hold_databases(call: Call) -> None:
    databases = rds_backends[call.account][call.region].databases
    hold("L-7B6409FD", len(databases), AwsError("InstanceQuotaExceeded", "Cannot create more DB instances: the quota is reached."))


@refuses("elbv2", "CreateLoadBalancer")
def hold_load_balancers(call: Call) -> None:
    balancers = elbv2_backends[call.account][call.region].load_balancers.values()
    if (call.params.get("Type") or "application") == "application":
        used = sum(balancer.type == "application" for balancer in balancers)
        hold("L-53DA6B97", used, AwsError("TooManyLoadBalancers", "The maximum number of load balancers has been reached.", status=400))


@refuses("ec2", "RunInstances")
def hold_instances(call: Call) -> None:
    given = call.params
    spot = (given.get("InstanceMarketOptions") or {}).get("MarketType") == "spot"
    short = vcpus_exceeded(call.account, call.region, given.get("InstanceType") or "m1.small", spot, given["MinCount"])
    if short:
        raise short


def vcpus_exceeded(account: str, region: str, kind: str, spot: bool, count: int = 1) -> AwsError | None:
    """EC2's refusal of instances beyond the quota of their bucket; None where they fit."""
    ec2, code = ec2_backends[account][region], SPOT if spot else ON_DEMAND
    running = [i for reservation in ec2.reservations.values() for i in reservation.instances if i.state not in ENDED]
    counted = [i.instance_type for i in running if i.instance_type.startswith(STANDARD) and (getattr(i, "lifecycle", None) == "spot") is spot]
    if not kind.startswith(STANDARD) or sum(map(vcpus, counted)) + count * vcpus(kind) <= value(code):
        return None
    if spot:
        return AwsError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    limit = f"You have requested more vCPU capacity than your current vCPU limit of {value(code):.0f} allows for the instance bucket"
    cure = "Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit."
    return AwsError("VcpuLimitExceeded", f"{limit} that the specified instance type belongs to. {cure}")


def vcpus(kind: str) -> int:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    return INSTANCE_TYPES[kind]["VCpuInfo"]["DefaultVCpus"]

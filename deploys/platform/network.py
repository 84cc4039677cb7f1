"""The network: what nodes, database and file system live in, and the ways in and out."""

from __future__ import annotations

from deploys.want import Want, strays, want
from operations import ec2
from operations.strays import strays as watch
from settings import Settings

LOAD_BALANCERS = {"public": "kubernetes.io/role/elb", "private": "kubernetes.io/role/internal-elb"}
"""The tag by which EKS and the load balancer controller find the subnets for load balancers on the internet and inside."""

DISCOVERY = "karpenter.sh/discovery"
"""The tag by which Karpenter finds the subnets and the security group of its nodes."""

KINDS = ("public", "private", "database", "data")
ANYWHERE = "0.0.0.0/0"


def network(settings: Settings) -> list[Want]:
    """
    The VPC with its subnets, unless it is somebody else's, and its security groups; its NAT gateways are started, `ways_out` waits for them.

    Security groups: nodes carry ``<deployment>-nodes`` alone, from the launch template or found by Karpenter, so that
    database and file system can be opened to it before there is a cluster. The control plane's network interfaces carry
    ``<deployment>-control-plane`` next to the group EKS makes. The nodes' group lets in itself (pods, CoreDNS) and, from
    the control plane, 443 and everything above 1024: kubelet 10250, webhooks, aggregated APIs. The control plane's lets in
    443 from the VPC and ``endpoint_private_cidrs``, where nodes, pods and whoever installs with a private endpoint are; by range, not by group, so that
    the two groups do not point at each other and can be removed one after the other.
    """
    name, vpc = settings.deployment, settings.vpc
    nodes, control_plane = f"{name}-nodes", f"{name}-control-plane"
    groups = ["nodes", "control-plane", "database", "efs", *(["endpoints"] if settings.vpc_endpoints else [])]
    within = [*settings.ranges, *settings.endpoint_private_cidrs]
    return [
        *([] if settings.vpc_id else _laid_out(settings)),
        want(
            ec2.security_group,
            control_plane,
            vpc=vpc,
            description="Control plane of EKS: API for the VPC",
            ingress=[{"port": 443, "cidr": cidr} for cidr in within],
            egress=[{"protocol": "all", "cidr": cidr} for cidr in settings.ranges],
        ),
        want(
            ec2.security_group,
            nodes,
            vpc=vpc,
            description="Nodes and pods",
            ingress=[{"protocol": "all", "group": nodes}, {"port": 443, "group": control_plane}, {"port": "1025-65535", "group": control_plane}],
            egress=[{"protocol": "all", "cidr": ANYWHERE}],
            tags={DISCOVERY: name},
        ),
        strays(watch, "ec2.security_group", listed=[f"{name}-{of}" for of in groups]),
        *_endpoints(settings),
        want(ec2.leftovers, vpc, cluster=name),
    ]


def _laid_out(settings: Settings) -> list[Want]:
    """A network of our own."""
    vpc = settings.deployment
    public = settings.subnets("public")
    gateways = public[: {"none": 0, "single": 1, "per_zone": len(public)}[settings.nat_gateways]]
    return [
        want(ec2.vpc, vpc, cidr=settings.vpc_cidr, more_cidrs=[settings.secondary_cidr]),
        want(ec2.default_security_group, vpc),
        want(ec2.internet_gateway, vpc, vpc=vpc),
        *(want(ec2.elastic_ip, f"{vpc}-{subnet.zone}") for subnet in gateways),
        strays(watch, "ec2.elastic_ip", listed=[f"{vpc}-{subnet.zone}" for subnet in gateways]),
        *(
            want(ec2.subnet, subnet.name, vpc=vpc, cidr=subnet.cidr, zone=subnet.zone, tags=_found_by(settings, kind))
            for kind in KINDS
            for subnet in settings.subnets(kind)
        ),
        strays(watch, "ec2.subnet", listed=[subnet.name for kind in KINDS for subnet in settings.subnets(kind)]),
        want(
            ec2.route_table,
            f"{vpc}-public",
            vpc=vpc,
            routes=[{"cidr": ANYWHERE, "internet_gateway": vpc}],
            subnets=[subnet.name for subnet in public],
        ),
        *(want(ec2.nat_gateway, f"{vpc}-{subnet.zone}", subnet=subnet.name, address=f"{vpc}-{subnet.zone}") for subnet in gateways),
        strays(watch, "ec2.nat_gateway", listed=[f"{vpc}-{subnet.zone}" for subnet in gateways]),
    ]


def _endpoints(settings: Settings) -> list[Want]:
    """The ways to AWS that do not leave the VPC, an interface in each zone, next to S3's, which is in the route tables."""
    name, group = settings.deployment, f"{settings.deployment}-endpoints"
    if settings.vpc_id:
        return []
    services = [service for service in settings.called if service != "s3"] if settings.vpc_endpoints else []
    ingress = [{"port": 443, "cidr": cidr} for cidr in settings.ranges]
    subnets = [subnet.name for subnet in settings.subnets("private")]
    return [
        *([want(ec2.security_group, group, vpc=name, description="Endpoints of AWS for the VPC", ingress=ingress, egress=[])] if services else []),
        *(
            want(ec2.vpc_endpoint, f"{name}-{service}", vpc=name, service=settings.endpoint_service(service), subnets=subnets, groups=[group])
            for service in services
        ),
        strays(watch, "ec2.vpc_endpoint", listed=[f"{name}-s3", *(f"{name}-{service}" for service in services)]),
    ]


def ways_out(settings: Settings) -> list[Want]:
    """
    The ways out of private subnets: needed by nodes, and by nothing before them. Each zone has a route table of its own,
    however many NAT gateways there are, so that changing their number moves no subnet. The database's subnets have none.
    """
    if settings.vpc_id:
        return []
    vpc = settings.deployment
    zones = settings.zones
    per_zone, none = settings.nat_gateways == "per_zone", settings.nat_gateways == "none"
    gateways = {} if none else {zone: f"{vpc}-{zone if per_zone else zones[0]}" for zone in zones}
    routes = {zone: [{"cidr": ANYWHERE, "nat": nat}] for zone, nat in gateways.items()}
    tables = {zone: f"{vpc}-private-{zone}" for zone in zones}
    inside = {zone: [subnet.name for kind in ("private", "data") for subnet in settings.subnets(kind) if subnet.zone == zone] for zone in zones}
    return [
        *(want(ec2.nat_available, nat) for nat in dict.fromkeys(gateways.values())),
        *(want(ec2.route_table, tables[zone], vpc=vpc, routes=routes.get(zone, []), subnets=inside[zone]) for zone in zones),
        strays(watch, "ec2.route_table", listed=[f"{vpc}-public", *tables.values()]),
        want(ec2.vpc_endpoint, f"{vpc}-s3", vpc=vpc, service=settings.s3_endpoint, tables=[*tables.values(), f"{vpc}-public"]),
        *([want(ec2.endpoints_available, vpc, endpoints=[f"{vpc}-{service}" for service in settings.called])] if settings.vpc_endpoints else []),
    ]


def _found_by(settings: Settings, kind: str) -> dict:
    return {
        "public": {LOAD_BALANCERS["public"]: "1"},
        "private": {LOAD_BALANCERS["private"]: "1"},
        "data": {DISCOVERY: settings.deployment},
    }.get(kind, {})

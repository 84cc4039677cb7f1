"""The load balancers, target groups and security groups that EKS's cloud controller makes in AWS for a Service of type LoadBalancer."""

from moto.ec2.models import ec2_backends
from moto.elb.models import elb_backends
from moto.elbv2.models import elbv2_backends

from sandbox.aws import elb, elbv2
from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster
from sandbox.aws.eks.load_balancers import ROLES, groups_of, nodes_of, tagged, tags_of

PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"


def create(cluster: Cluster, service: dict) -> str:
    """The host name of the load balancer of a Service, made where there is none: a network load balancer where it asks for one."""
    with lock:
        annotations = {key.removeprefix(PREFIX): value for key, value in service["metadata"].get("annotations", {}).items() if key.startswith(PREFIX)}
        scheme = "internal" if annotations.get("internal") == "true" else "internet-facing"
        subnets = [one.id for one in ec2_of(cluster).describe_subnets() if one.vpc_id == vpc_of(cluster) and tags_of(one).get(ROLES[scheme]) == "1"]
        if not subnets:
            raise ValueError("could not find any suitable subnets for creating the ELB")
        return (network if annotations.get("type") == "nlb" else classic)(cluster, service, scheme, subnets)


def delete(cluster: Cluster, service: dict) -> bool:
    """Take away what a Service had; whether nothing is left."""
    with lock:
        backend, name, mine = elbv2_backends[cluster.account][cluster.region], name_of(service), tags(cluster, service)
        if name in elb_backends[cluster.account][cluster.region].load_balancers:
            elb.remove(cluster.account, cluster.region, name)
        for arn in tagged(backend, backend.load_balancers, mine):
            elbv2.remove(cluster.account, cluster.region, arn)
        for arn in tagged(backend, backend.target_groups, mine):
            backend.delete_target_group(arn)
        ec2 = ec2_of(cluster)
        ids = {group.id for group in groups_of(ec2, mine)}
        if any(group.id in ids for interface in ec2.enis.values() for group in interface.group_set):
            return False
        for group in groups_of(ec2, {}):
            group.ingress_rules[:] = [rule for rule in group.ingress_rules if (rule.source_group or {}).get("GroupId") not in ids]
        for number in ids:
            ec2.delete_security_group(group_id=number)
        return True


def classic(cluster: Cluster, service: dict, scheme: str, subnets: list[str]) -> str:
    """A classic load balancer with a group of its own, let in by the group of the nodes."""
    backend, ec2, name = elb_backends[cluster.account][cluster.region], ec2_of(cluster), name_of(service)
    if name not in backend.load_balancers:
        described = f"Security group for Kubernetes ELB {name} ({service_of(service)})"
        group = ec2.create_security_group(f"k8s-elb-{name}", described, vpc_of(cluster), tags=tags(cluster, service))
        for carried in {one.id for number in nodes_of(cluster) for one in ec2.get_instance(number).security_groups}:
            ec2.authorize_security_group_ingress(carried, "-1", None, None, [], source_groups=[{"GroupId": group.id}])
        ports = [{"protocol": "TCP", "load_balancer_port": port["port"], "instance_port": port.get("nodePort", 30000)} for port in service["spec"]["ports"]]
        balancer = backend.create_load_balancer(name, [], ports, scheme, subnets, [group.id])
        for key, value in tags(cluster, service).items():
            balancer.add_tag(key, value)
        elb.provision(cluster.account, cluster.region, name)
    return backend.load_balancers[name].dns_name


def network(cluster: Cluster, service: dict, scheme: str, subnets: list[str]) -> str:
    """A network load balancer and its target group."""
    backend, mine = elbv2_backends[cluster.account][cluster.region], tags(cluster, service)
    if found := tagged(backend, backend.load_balancers, mine):
        return backend.load_balancers[found[0]].dns_name
    listed = [{"Key": key, "Value": value} for key, value in mine.items()]
    balancer = backend.create_load_balancer(name_of(service), [], subnets, None, scheme, "network", "ipv4", listed)
    elbv2.provision(cluster.account, cluster.region, balancer, subnets)
    target = backend.create_target_group(f"k8s-{name_of(service)}"[:32], protocol="TCP", port="30000", vpc_id=vpc_of(cluster), target_type="instance")
    backend.tagging_service.tag_resource(target.arn, listed)
    return balancer.dns_name


def tags(cluster: Cluster, service: dict) -> dict[str, str]:
    return {f"kubernetes.io/cluster/{cluster.name}": "owned", "kubernetes.io/service-name": service_of(service)}


def name_of(service: dict) -> str:
    return f"a{service['metadata']['uid'].replace('-', '')}"[:32]


def service_of(service: dict) -> str:
    return f"{service['metadata']['namespace']}/{service['metadata']['name']}"


def vpc_of(cluster: Cluster) -> str:
    return cluster.description["resourcesVpcConfig"]["vpcId"]


def ec2_of(cluster: Cluster):
    return ec2_backends[cluster.account][cluster.region]

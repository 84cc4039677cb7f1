"""The load balancers, target groups and security groups that the load balancer controller makes in AWS for an Ingress."""

import hashlib
import json

from moto.acm.models import acm_backends
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from sandbox.aws import elbv2
from sandbox.aws.clock import lock
from sandbox.aws.eks.backend import Cluster

ACCOUNT = ("kube-system", "aws-load-balancer-controller")
PREFIX = "alb.ingress.kubernetes.io/"
ROLES = {"internal": "kubernetes.io/role/internal-elb", "internet-facing": "kubernetes.io/role/elb"}
SHARED = "elbv2.k8s.aws/targetGroupBinding=shared"
CLUSTER, STACK, RESOURCE = "elbv2.k8s.aws/cluster", "ingress.k8s.aws/stack", "ingress.k8s.aws/resource"


def create(cluster: Cluster, ingress: dict, arguments: dict[str, str]) -> str:
    """The host name of the load balancer of an Ingress, made or brought to what its annotations say."""
    with lock:
        if not any((one["namespace"], one["serviceAccount"]) == ACCOUNT for one in cluster.associations.values()):
            raise PermissionError("AccessDenied: no pod identity association for service account kube-system/aws-load-balancer-controller")
        wanted = {key.removeprefix(PREFIX): value for key, value in ingress["metadata"].get("annotations", {}).items() if key.startswith(PREFIX)}
        require_issued(cluster, wanted.get("certificate-arn"))
        elb, name = elbv2_backends[cluster.account][cluster.region], balancer_name(ingress, wanted)
        found = [balancer for balancer in elb.load_balancers.values() if balancer.name == name]
        if found and found[0].scheme != wanted.get("scheme", "internal"):
            delete(cluster, ingress)
            raise ValueError(f"load balancer {name} is being replaced")
        balancer = found[0] if found else make(cluster, ingress, wanted, arguments, name)
        listen(cluster, balancer, ingress, wanted)
        return balancer.dns_name


def delete(cluster: Cluster, ingress: dict) -> bool:
    """Take away what an Ingress had; whether nothing is left."""
    with lock:
        elb, ec2 = elbv2_backends[cluster.account][cluster.region], ec2_backends[cluster.account][cluster.region]
        mine = {CLUSTER: cluster.name, STACK: stack(ingress)}
        for arn in tagged(elb, elb.load_balancers, mine):
            elbv2.remove(cluster.account, cluster.region, arn)
        for arn in tagged(elb, elb.target_groups, mine):
            elb.delete_target_group(arn)
        leaving = groups_of(ec2, mine)
        if not tagged(elb, elb.load_balancers, {CLUSTER: cluster.name}):
            leaving += groups_of(ec2, {CLUSTER: cluster.name, RESOURCE: "backend-sg"})
        ids = {group.id for group in leaving}
        if any(group.id in ids for interface in ec2.enis.values() for group in interface.group_set):
            return False
        for group in groups_of(ec2, {}):
            group.ingress_rules[:] = [rule for rule in group.ingress_rules if (rule.source_group or {}).get("GroupId") not in ids]
        for number in ids:
            ec2.delete_security_group(group_id=number)
        return True


def make(cluster: Cluster, ingress: dict, wanted: dict, arguments: dict, name: str):
    """A load balancer with its target group and security groups, all with the controller's tags."""
    elb, ec2 = elbv2_backends[cluster.account][cluster.region], ec2_backends[cluster.account][cluster.region]
    vpc, scheme = arguments["aws-vpc-id"], wanted.get("scheme", "internal")
    subnets = subnets_for(ec2, vpc, scheme, wanted.get("subnets"))
    default = dict(pair.partition("=")[::2] for pair in arguments.get("default-tags", "").split(",") if pair)
    tags = {**default, CLUSTER: cluster.name, STACK: stack(ingress)}
    front = security_group(ec2, vpc, f"k8s-{name}", {**tags, RESOURCE: "ManagedLBSecurityGroup"})
    front.ingress_rules.clear()
    for cidr in wanted.get("inbound-cidrs", "0.0.0.0/0").split(","):
        for port in ports(wanted):
            ec2.authorize_security_group_ingress(front.id, "tcp", str(port), str(port), [{"CidrIp": cidr.strip()}])
    back = security_group(ec2, vpc, f"k8s-traffic-{cluster.name}", {**default, CLUSTER: cluster.name, RESOURCE: "backend-sg"})
    let_in(cluster, ec2, back)
    names = [subnet.id for subnet in subnets]
    listed = [{"Key": key, "Value": value} for key, value in {**tags, RESOURCE: "LoadBalancer"}.items()]
    balancer = elb.create_load_balancer(name, [front.id, back.id], names, None, scheme, "application", "ipv4", listed)
    balancer.dns_name = ("internal-" if scheme == "internal" else "") + balancer.dns_name
    elbv2.provision(cluster.account, cluster.region, balancer, names)
    digest = hashlib.sha256(f"{cluster.name}{stack(ingress)}".encode()).hexdigest()[:10]
    target = elb.create_target_group(f"k8s-airflow-{digest}", protocol="HTTP", port="8080", vpc_id=vpc, target_type="ip")
    elb.tagging_service.tag_resource(target.arn, [{"Key": key, "Value": value} for key, value in tags.items()])
    return balancer


def subnets_for(ec2, vpc: str, scheme: str, annotated: str | None) -> list:
    """Those the annotation names, one in each zone; else those with the tag of their role."""
    inside = [one for one in ec2.describe_subnets() if one.vpc_id == vpc]
    if annotated:
        names = [name.strip() for name in annotated.split(",")]
        subnets = [one for one in inside if one.id in names]
        if len(subnets) < len(names):
            raise ValueError(f"Failed build model due to couldn't find all subnets, want: {names}, found: {[one.id for one in subnets]}")
        if len({one.availability_zone for one in subnets}) < len(subnets):
            raise ValueError("Failed build model due to multiple subnets in same Availability Zone")
    else:
        subnets = [one for one in inside if tags_of(one).get(ROLES[scheme]) == "1"]
    if len({one.availability_zone for one in subnets}) < 2:
        raise ValueError(f"Failed build model due to couldn't auto-discover subnets: unable to resolve at least 2 subnets ({ROLES[scheme]})")
    return subnets


def listen(cluster: Cluster, balancer, ingress: dict, wanted: dict) -> None:
    """A listener for each wanted port."""
    elb = elbv2_backends[cluster.account][cluster.region]
    (target,) = tagged(elb, elb.target_groups, {CLUSTER: cluster.name, STACK: stack(ingress)})
    open_already = {int(listener.port) for listener in balancer.listeners.values()}
    for port in ports(wanted):
        if port not in open_already:
            certificate = wanted["certificate-arn"] if port == 443 else None
            action = {"Type": "forward", "TargetGroupArn": target}
            elb.create_listener(balancer.arn, "HTTPS" if certificate else "HTTP", str(port), "", certificate, [action])


def let_in(cluster: Cluster, ec2, back) -> None:
    """The rule for the load balancer in the group of the nodes, which carry one group alone."""
    carried = {group.id for number in nodes_of(cluster) for group in ec2.get_instance(number).security_groups}
    for group in groups_of(ec2, {}):
        known = any((rule.source_group or {}).get("GroupId") == back.id for rule in group.ingress_rules)
        if group.id in carried and not known:
            ec2.authorize_security_group_ingress(group.id, "tcp", "8080", "8080", [], source_groups=[{"GroupId": back.id, "Description": SHARED}])


def nodes_of(cluster: Cluster) -> list[str]:
    return [number for nodegroup in cluster.nodegroups.values() for number in nodegroup.instances]


def require_issued(cluster: Cluster, arn: str | None) -> None:
    certificate = acm_backends[cluster.account][cluster.region]._certificates.get(arn) if arn else None
    if arn and (certificate is None or certificate.status != "ISSUED"):
        raise ValueError(f"UnsupportedCertificate: The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and be issued")


def security_group(ec2, vpc: str, name: str, tags: dict[str, str]):
    found = ec2.get_security_group_by_name_or_id(name, vpc)
    return found or ec2.create_security_group(name, "[k8s] managed by the load balancer controller", vpc, tags=tags)


def groups_of(ec2, tags: dict[str, str]) -> list:
    return [group for groups in ec2.groups.values() for group in groups.values() if tags.items() <= tags_of(group).items()]


def tags_of(resource) -> dict[str, str]:
    return {tag["key"]: tag["value"] for tag in resource.get_tags()}


def tagged(elb, arns, tags: dict[str, str]) -> list[str]:
    return [arn for arn in arns if tags.items() <= elb.tagging_service.get_tag_dict_for_resource(arn).items()]


def balancer_name(ingress: dict, wanted: dict) -> str:
    metadata = ingress["metadata"]
    digest = hashlib.sha256(metadata["uid"].encode()).hexdigest()[:10]
    name = wanted.get("load-balancer-name") or f"k8s-{metadata['namespace'][:8]}-{metadata['name'][:8]}-{digest}"
    if len(name) > 32 or name.startswith("internal-"):
        raise ValueError(f"load balancer name {name}: at most 32 characters, not beginning with internal-")
    return name


def ports(wanted: dict) -> list[int]:
    default = [{"HTTPS": 443}] if "certificate-arn" in wanted else [{"HTTP": 80}]
    return [port for one in json.loads(wanted.get("listen-ports", "null")) or default for port in one.values()]


def stack(ingress: dict) -> str:
    return f"{ingress['metadata']['namespace']}/{ingress['metadata']['name']}"

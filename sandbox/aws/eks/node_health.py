"""Why nodes would not join: what their role, their subnets and their cluster lack."""

from moto.ec2.models import ec2_backends

from sandbox.aws.eks.backend import Cluster, Nodegroup
from sandbox.aws.eks.roles import find_role

WORKER = {"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"}
REGISTRY = {"AmazonEC2ContainerRegistryReadOnly", "AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryPowerUser"}
REGISTRY |= {"AmazonEC2ContainerRegistryFullAccess"}


def issues_of(cluster: Cluster, nodegroup: Nodegroup) -> list[dict]:
    """What keeps the nodes out, as `health.issues`."""
    short = nodes_short(cluster, nodegroup)
    if short:
        return [{"code": "AsgInstanceLaunchFailures", "message": short, "resourceIds": [nodegroup.group]}]
    reasons = [*role_lacks(cluster, nodegroup), *network_lacks(cluster, nodegroup), *cluster_lacks(cluster, nodegroup)]
    if not reasons:
        return []
    message = f"Instances failed to join the kubernetes cluster ({'; '.join(reasons)})"
    return [{"code": "NodeCreationFailure", "message": message, "resourceIds": list(nodegroup.instances)}]


def nodes_short(cluster: Cluster, nodegroup: Nodegroup) -> str:
    """What EC2 said when it did not start all of them."""
    missing = nodegroup.description["scalingConfig"]["desiredSize"] - len(nodegroup.instances)
    return f"Could not launch {missing} of the instances. {nodegroup.refusal}" if missing > 0 and nodegroup.refusal else ""


def role_lacks(cluster: Cluster, nodegroup: Nodegroup) -> list[str]:
    role = find_role(cluster.account, nodegroup.description["nodeRole"])
    if not role:
        return ["the node role is gone"]
    attached = {arn.rpartition("/")[2] for arn in role.managed_policies}
    if "AdministratorAccess" in attached or role.policies:
        return []
    lacking = [] if attached & WORKER else ["the node role lacks AmazonEKSWorkerNodePolicy"]
    return lacking + ([] if attached & REGISTRY else ["the node role lacks AmazonEC2ContainerRegistryPullOnly"])


def network_lacks(cluster: Cluster, nodegroup: Nodegroup) -> list[str]:
    ec2 = ec2_backends[cluster.account][cluster.region]
    vpc = ec2.get_vpc(cluster.description["resourcesVpcConfig"]["vpcId"])
    lacking = [] if vpc.enable_dns_support and vpc.enable_dns_hostnames else ["the VPC has no DNS support and hostnames"]
    endpoints = [e for e in ec2.vpc_end_points.values() if e.vpc_id == vpc.id and e.vpc_endpoint_type == "Interface"]
    if not endpoints:
        lacking += [f"subnet {subnet} has no route out" for subnet in nodegroup.description["subnets"] if not leads_out(ec2, subnet)]
    return lacking


def leads_out(ec2, subnet_id: str) -> bool:
    vpc = ec2.get_subnet(subnet_id).vpc_id
    tables = [t for t in ec2.route_tables.values() if t.vpc_id == vpc]
    own = [t for t in tables if subnet_id in t._associations.values()] or [t for t in tables if t.main_association_id]
    for route in (route for table in own for route in table.routes):
        if route.destination_cidr_block == "0.0.0.0/0":
            nat = route.nat_gateway
            return nat is None or nat.state == "available"
    return False


def cluster_lacks(cluster: Cluster, nodegroup: Nodegroup) -> list[str]:
    lacking = []
    mode = cluster.description["accessConfig"]["authenticationMode"]
    if mode == "API" and nodegroup.description["nodeRole"] not in cluster.access_entries:
        lacking.append("the node role has no access entry")
    if cluster.own_addons and "vpc-cni" not in cluster.addons:
        lacking.append("container runtime network not ready: cni plugin not initialized")
    return lacking

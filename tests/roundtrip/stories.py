"""What people and accidents do to a deployment before it is removed, by the means they have: AWS's API, helm and kubectl."""

import contextlib
import json
import time

import yaml
from botocore.exceptions import ClientError

TEAM = "spark-team-a"
APPLICATION = "sparkapplications.sparkoperator.k8s.io"
FINALIZER = "sparkoperator.k8s.io/finalizer"
ON_KARPENTER = {
    "nodeSelector": {"NodeGroupType": "SparkComputeOptimized", "karpenter.sh/capacity-type": "on-demand"},
    "tolerations": [{"key": "spark-compute-optimized", "operator": "Exists", "effect": "NoSchedule"}],
}
OFTEN = {"Delay": 2, "MaxAttempts": 900}


def eventually(true, limit=600):
    """What becomes true in its own time."""
    end = time.monotonic() + limit
    while not (answer := true()):
        assert time.monotonic() < end, f"not true after {limit} s"
        time.sleep(0.5)
    return answer


def job_runs(box, finalizers=(), placed=None):
    """A Spark job: its SparkApplication, and the driver that belongs to it, running; on the core nodes unless it is placed elsewhere."""
    metadata = {"name": "pi", "namespace": TEAM}
    application = {"apiVersion": "sparkoperator.k8s.io/v1beta2", "kind": "SparkApplication", "metadata": {**metadata, "finalizers": list(finalizers)}}
    spec = {"type": "Python", "mode": "cluster", "sparkVersion": "4.0.1", "mainApplicationFile": "local:///pi.py", "driver": {}, "executor": {}}
    box.tool("kubectl", "apply", "-f", "-", stdin=yaml.safe_dump({**application, "spec": spec}))
    made = json.loads(box.tool("kubectl", "get", APPLICATION, "pi", "-n", TEAM, "-o", "json"))
    owner = {"apiVersion": made["apiVersion"], "kind": made["kind"], "name": "pi", "uid": made["metadata"]["uid"], "controller": True}
    driver = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pi-driver", "namespace": TEAM, "ownerReferences": [owner]}}
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True, "runAsUser": 185}
    container = {"name": "spark", "image": "apache/spark:4.0.1-python3", "command": ["sleep", "3600"], "securityContext": security}
    box.tool("kubectl", "apply", "-f", "-", stdin=yaml.safe_dump({**driver, "spec": {"containers": [container], **(placed or {})}}))
    eventually(lambda: box.tool("kubectl", "get", "pod", "pi-driver", "-n", TEAM, "-o", "jsonpath={.status.phase}") == "Running")


def job_runs_on_karpenter(box):
    """The job's driver pends until Karpenter has made a node for it."""
    job_runs(box, placed=ON_KARPENTER)


def karpenter_removed(box):
    """Karpenter goes, the node it made stays."""
    job_runs_on_karpenter(box)
    box.tool("helm", "uninstall", "karpenter", "--namespace", "kube-system", "--wait")


def balancer_controller_removed(box):
    """The load balancer controller goes, its Ingress stays."""
    box.tool("helm", "uninstall", "aws-load-balancer-controller", "--namespace", "kube-system", "--wait")


def charts_removed(box):
    """Some charts are uninstalled by hand, a controller's definitions among them."""
    box.tool("helm", "uninstall", "airflow", "--namespace", "airflow", "--wait")
    box.tool("helm", "uninstall", "kube-prometheus-stack", "--namespace", "monitoring", "--wait")
    box.tool("helm", "uninstall", "karpenter", "--namespace", "kube-system", "--wait")


def ingress_hangs(box):
    """The controller dies, then somebody deletes the Ingress: it waits for its finalizer."""
    box.tool("kubectl", "scale", "deployment/aws-load-balancer-controller", "--replicas=0", "--namespace", "kube-system")
    eventually(lambda: not box.tool("kubectl", "get", "pods", "-n", "kube-system", "-l", "app.kubernetes.io/name=aws-load-balancer-controller", "-o", "name"))
    box.tool("kubectl", "delete", "ingress", "airflow-ingress", "--namespace", "airflow", "--wait=false")


def namespace_hangs(box):
    """An application has a finalizer whose controller dies, then somebody deletes its namespace."""
    job_runs(box, finalizers=[FINALIZER])
    box.tool("kubectl", "scale", "deployment/spark-operator-controller", "--replicas=0", "--namespace", "spark-operator")
    box.tool("kubectl", "delete", "namespace", TEAM, "--wait=false")


def cluster_deleted(box):
    """The cluster goes by hand, its node groups first, as AWS demands."""
    eks = box.client("eks")
    for group in eks.list_nodegroups(clusterName=box.deployment)["nodegroups"]:
        eks.delete_nodegroup(clusterName=box.deployment, nodegroupName=group)
        eks.get_waiter("nodegroup_deleted").wait(clusterName=box.deployment, nodegroupName=group, WaiterConfig=OFTEN)
    eks.delete_cluster(name=box.deployment)
    eks.get_waiter("cluster_deleted").wait(name=box.deployment, WaiterConfig=OFTEN)


def network_deleted(box):
    """The VPC goes by hand, as far as AWS lets one: what is still used stays."""
    ec2 = box.client("ec2")
    (vpc,) = [found["VpcId"] for found in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [box.deployment]}])["Vpcs"]]
    here = [{"Name": "vpc-id", "Values": [vpc]}]
    for gateway in ec2.describe_nat_gateways(Filter=here)["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
        ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[gateway["NatGatewayId"]], WaiterConfig=OFTEN)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[found["VpcEndpointId"] for found in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]])
    tables = ec2.describe_route_tables(Filters=here)["RouteTables"]
    for use in (use for table in tables for use in table["Associations"] if not use["Main"]):
        ec2.disassociate_route_table(AssociationId=use["RouteTableAssociationId"])
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    gateways = ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
    attempts = [(ec2.delete_route_table, {"RouteTableId": table["RouteTableId"]}) for table in tables]
    attempts += [(ec2.detach_internet_gateway, {"InternetGatewayId": found["InternetGatewayId"], "VpcId": vpc}) for found in gateways]
    attempts += [(ec2.delete_internet_gateway, {"InternetGatewayId": found["InternetGatewayId"]}) for found in gateways]
    attempts += [(ec2.delete_subnet, {"SubnetId": found["SubnetId"]}) for found in ec2.describe_subnets(Filters=here)["Subnets"]]
    attempts += [(ec2.delete_security_group, {"GroupId": found["GroupId"]}) for found in ec2.describe_security_groups(Filters=here)["SecurityGroups"]]
    attempts += [(ec2.delete_vpc, {"VpcId": vpc})]
    done = 0
    for delete, what in attempts:
        with contextlib.suppress(ClientError):
            delete(**what)
            done += 1
    assert 0 < done < len(attempts)


GUESTS = """
apiVersion: v1
kind: Namespace
metadata: {name: team-guests}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: team-guests}
spec: {accessModes: [ReadWriteOnce], storageClassName: gp3, resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: team-guests}
spec:
  serviceName: store
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      containers: [{name: store, image: store, volumeMounts: [{name: data, mountPath: /data}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: Service
metadata: {name: classic, namespace: team-guests}
spec: {type: LoadBalancer, selector: {app: store}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: network, namespace: team-guests, annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb}}
spec: {type: LoadBalancer, selector: {app: store}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: theirs, namespace: team-guests}
spec: {ingressClassName: alb, defaultBackend: {service: {name: classic, port: {number: 80}}}}
---
apiVersion: elbv2.k8s.aws/v1beta1
kind: TargetGroupBinding
metadata: {name: theirs, namespace: team-guests}
spec: {serviceRef: {name: classic, port: 80}, targetGroupARN: "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/theirs/0123456789abcdef"}
"""


def guests_live(box):
    """Another team runs something in the cluster, with a volume and three load balancers."""
    box.tool("kubectl", "apply", "-f", "-", stdin=GUESTS)
    space = ("--namespace", "team-guests", "--output")
    for thing in ("service/classic", "service/network", "ingress/theirs"):
        eventually(lambda thing=thing: box.tool("kubectl", "get", thing, *space, "jsonpath={.status.loadBalancer.ingress[0].hostname}"))
    eventually(lambda: box.tool("kubectl", "get", "pod", "store-0", *space, "jsonpath={.status.phase}") == "Running")


def endpoints_made(box) -> str:
    """GuardDuty puts an endpoint and its group into the VPC, and so does somebody else: whose id is answered."""
    ec2 = box.client("ec2")
    (vpc,) = [found["VpcId"] for found in ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [box.deployment]}])["Vpcs"]]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "tag:Name", "Values": ["*-private-*"]}])["Subnets"]
    tags = [{"Key": "GuardDutyManaged", "Value": "true"}]
    named = {"GroupName": f"GuardDutyManagedSecurityGroup-{vpc}", "Description": "Associated with VPC", "VpcId": vpc}
    group = ec2.create_security_group(**named, TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}])["GroupId"]
    endpoint = {"VpcId": vpc, "VpcEndpointType": "Interface", "SubnetIds": [subnets[0]["SubnetId"]], "SecurityGroupIds": [group]}
    marked = [{"ResourceType": "vpc-endpoint", "Tags": tags}]
    ec2.create_vpc_endpoint(**endpoint, ServiceName="com.amazonaws.us-west-2.guardduty-data", TagSpecifications=marked)
    theirs = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "team", "Value": "theirs"}]}]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        SubnetIds=[subnets[0]["SubnetId"]],
        ServiceName="com.amazonaws.us-west-2.execute-api",
        TagSpecifications=theirs,
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


WITH_KARPENTER = (job_runs_on_karpenter, karpenter_removed)
"""What takes Karpenter's own controller."""

ANYWHERE = (balancer_controller_removed, charts_removed, ingress_hangs, namespace_hangs, cluster_deleted, network_deleted)

"""A cluster of somebody else's that has our name, with all that a cluster of ours would have."""

import time


def cluster(own):
    eks, name = own.client("eks"), own.subjects["eks.cluster"]
    access = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
    network = {"subnetIds": own.subnets, "endpointPrivateAccess": True}
    role = own.role(f"{name}-theirs", "eks.amazonaws.com")
    own.iam.attach_role_policy(RoleName=role.rpartition("/")[2], PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    eks.create_cluster(
        name=name, version="1.36", roleArn=role, resourcesVpcConfig=network, accessConfig=access, bootstrapSelfManagedAddons=False, tags=own.tags
    )
    _until(lambda: eks.describe_cluster(name=name)["cluster"]["status"] == "ACTIVE")
    return lambda: eks.describe_cluster(name=name)["cluster"]


def nodegroup(own):
    eks, name = own.client("eks"), own.subjects["eks.nodegroup"]
    this = {"clusterName": own.subjects["eks.cluster"], "nodegroupName": name}
    role = own.role(f"{own.name}-theirs-node", "ec2.amazonaws.com")
    scaling = {"minSize": 1, "maxSize": 1, "desiredSize": 1}
    eks.create_nodegroup(**this, nodeRole=role, subnets=own.subnets, scalingConfig=scaling, tags=own.tags)
    _until(lambda: eks.describe_nodegroup(**this)["nodegroup"]["status"] not in ("CREATING", "UPDATING"))
    return lambda: eks.describe_nodegroup(**this)["nodegroup"]


def addon(own):
    eks, this = own.client("eks"), {"clusterName": own.subjects["eks.cluster"], "addonName": own.subjects["eks.addon"]}
    eks.create_addon(**this, tags=own.tags)
    _until(lambda: eks.describe_addon(**this)["addon"]["status"] not in ("CREATING", "UPDATING"))
    return lambda: eks.describe_addon(**this)["addon"]


def access_entry(own):
    eks, this = own.client("eks"), {"clusterName": own.subjects["eks.cluster"], "principalArn": own.subjects["eks.access_entry"]}
    own.role(this["principalArn"].rpartition("/")[2], "ec2.amazonaws.com")
    eks.create_access_entry(**this, kubernetesGroups=["theirs"], tags=own.tags)
    return lambda: eks.describe_access_entry(**this)["accessEntry"]


def pod_identity(own):
    eks, cluster = own.client("eks"), own.subjects["eks.cluster"]
    namespace, _, account = own.subjects["eks.pod_identity"].partition("/")
    role = own.role(f"{own.name}-theirs-pod", "pods.eks.amazonaws.com")
    made = eks.create_pod_identity_association(clusterName=cluster, namespace=namespace, serviceAccount=account, roleArn=role, tags=own.tags)
    number = made["association"]["associationId"]
    return lambda: eks.describe_pod_identity_association(clusterName=cluster, associationId=number)["association"]


def _until(true, limit=30):
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


CLUSTER_TWINS = {"eks.cluster": cluster, "eks.nodegroup": nodegroup, "eks.addon": addon, "eks.access_entry": access_entry, "eks.pod_identity": pod_identity}

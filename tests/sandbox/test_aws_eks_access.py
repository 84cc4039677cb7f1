"""EKS: add-ons, access entries, pod identity associations, versions, tags."""

import json

import pytest
from aws_world import World, at_aws_pace, refused, wait


@pytest.fixture(scope="module")
def world(aws):
    world = World(aws)
    assert world.cluster
    return world


@pytest.fixture(scope="module")
def cluster(world):
    return {"clusterName": world.cluster}


def test_versions_have_dates_and_a_default(world):
    versions = world.eks.describe_cluster_versions(includeAll=True)["clusterVersions"]
    assert [v["clusterVersion"] for v in versions if v["defaultVersion"]] == ["1.36"]
    assert {"1.34", "1.36", "1.37"} <= {v["clusterVersion"] for v in versions}
    assert world.eks.describe_cluster_versions(clusterVersions=["1.36"])["clusterVersions"][0]["versionStatus"] == "STANDARD_SUPPORT"


def test_add_on_versions_have_a_default_and_two_digit_builds(world):
    offer = world.eks.describe_addon_versions(addonName="vpc-cni", kubernetesVersion="1.36")["addons"][0]
    versions = [v["addonVersion"] for v in offer["addonVersions"]]
    defaults = [v["addonVersion"] for v in offer["addonVersions"] if v["compatibilities"][0]["defaultVersion"]]
    assert len(defaults) == 1 and any(v.endswith("eksbuild.11") for v in versions) and any(v.endswith("eksbuild.3") for v in versions)
    with refused("ResourceNotFoundException"):
        world.eks.describe_addon_versions(addonName="nothing")
    schema = world.eks.describe_addon_configuration(addonName="vpc-cni", addonVersion=versions[0])["configurationSchema"]
    assert "env" in json.loads(schema)["properties"]


def test_coredns_is_degraded_without_nodes(world, cluster):
    assert world.eks.create_addon(**cluster, addonName="coredns")["addon"]["status"] == "CREATING"
    with refused("ResourceInUseException", "already exists"):
        world.eks.create_addon(**cluster, addonName="coredns")
    describe = lambda: world.eks.describe_addon(**cluster, addonName="coredns")["addon"]  # noqa: E731
    addon = wait(lambda: describe()["status"] != "CREATING" and describe())
    assert addon["status"] == "DEGRADED" and addon["health"]["issues"][0]["code"] == "InsufficientNumberOfReplicas"


def test_an_add_on_is_updated_and_deleted(world, cluster):
    given = {**cluster, "addonName": "vpc-cni"}
    with refused("InvalidParameterException", "not supported"):
        world.eks.create_addon(**given, addonVersion="v0.0.1-eksbuild.1")
    with refused("InvalidParameterException", "ConfigurationValue"):
        world.eks.create_addon(**given, configurationValues='{"nonsense": 1}')
    world.eks.create_addon(**given, podIdentityAssociations=[{"serviceAccount": "aws-node", "roleArn": world.pod_role}])
    with refused("ResourceInUseException", "CREATING"):
        world.eks.update_addon(**given, configurationValues="{}")
    status = lambda: world.eks.describe_addon(**given)["addon"]["status"]  # noqa: E731
    wait(lambda: status() == "ACTIVE")
    update = world.eks.update_addon(**given, configurationValues='{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}')["update"]
    assert status() == "UPDATING"
    wait(lambda: status() == "ACTIVE")
    assert world.eks.describe_update(name=world.cluster, addonName="vpc-cni", updateId=update["id"])["update"]["status"] == "Successful"
    owned = world.eks.list_pod_identity_associations(**cluster, namespace="kube-system")["associations"]
    assert owned[0]["ownerArn"].startswith("arn:aws:eks:eu-west-1:123456789012:addon/")
    with refused("InvalidRequestException", "owned by"):
        world.eks.delete_pod_identity_association(**cluster, associationId=owned[0]["associationId"])
    with at_aws_pace(world):
        assert world.eks.delete_addon(**given)["addon"]["status"] == "DELETING"
        with refused("InvalidRequestException", "DELETING"):
            world.eks.delete_addon(**given)
        assert world.eks.delete_addon(**given)["addon"]["status"] == "DELETING"
    wait(lambda: "vpc-cni" not in world.eks.list_addons(**cluster)["addons"])
    assert not world.eks.list_pod_identity_associations(**cluster, namespace="kube-system")["associations"]


def test_access_entries_and_their_policies(world, cluster):
    given = {**cluster, "principalArn": world.pod_role}
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    with refused("InvalidParameterException", "invalid principal"):
        world.eks.create_access_entry(**cluster, principalArn="arn:aws:iam::123456789012:role/none")
    with refused("InvalidParameterException", "system:"):
        world.eks.create_access_entry(**given, kubernetesGroups=["system:masters"])
    with refused("ResourceNotFoundException"):
        world.eks.describe_access_entry(**given)
    entry = world.eks.create_access_entry(**given, kubernetesGroups=["viewers"])["accessEntry"]
    assert entry["type"] == "STANDARD" and entry["username"].endswith("/{{SessionName}}")
    with refused("ResourceInUseException"):
        world.eks.create_access_entry(**given)
    world.eks.associate_access_policy(**given, policyArn=policy, accessScope={"type": "cluster"})
    assert world.eks.list_access_entries(**cluster, associatedPolicyArn=policy)["accessEntries"] == [world.pod_role]
    with refused("InvalidParameterException", "policyArn"):
        world.eks.associate_access_policy(**given, policyArn=policy + "x", accessScope={"type": "cluster"})
    world.eks.disassociate_access_policy(**given, policyArn=policy)
    assert not world.eks.list_associated_access_policies(**given)["associatedAccessPolicies"]
    world.eks.update_access_entry(**given, kubernetesGroups=["others"])
    world.eks.delete_access_entry(**given)
    assert world.pod_role not in world.eks.list_access_entries(**cluster)["accessEntries"]


def test_pod_identity_associations(world, cluster):
    given = {**cluster, "namespace": "airflow", "serviceAccount": "worker", "roleArn": world.pod_role}
    with refused("InvalidParameterException", "does not trust"):
        world.eks.create_pod_identity_association(**{**given, "roleArn": world.cluster_role})
    made = world.eks.create_pod_identity_association(**given, tags={"a": "b"}, clientRequestToken="one")["association"]
    again = world.eks.create_pod_identity_association(**given, tags={"a": "b"}, clientRequestToken="one")["association"]
    assert made["associationId"].startswith("a-") and made["associationId"] == again["associationId"]
    with refused("ResourceInUseException", "already exists"):
        world.eks.create_pod_identity_association(**given)
    listed = world.eks.list_pod_identity_associations(**cluster, namespace="airflow")["associations"]
    assert "roleArn" not in listed[0]
    other = world.role("pod2", "pods.eks.amazonaws.com", actions=("sts:AssumeRole", "sts:TagSession"))
    world.eks.update_pod_identity_association(**cluster, associationId=made["associationId"], roleArn=other)
    described = world.eks.describe_pod_identity_association(**cluster, associationId=made["associationId"])["association"]
    assert described["roleArn"] == other and described["tags"] == {"a": "b"}
    world.eks.delete_pod_identity_association(**cluster, associationId=made["associationId"])
    with refused("ResourceNotFoundException"):
        world.eks.describe_pod_identity_association(**cluster, associationId=made["associationId"])


def test_lists_come_in_pages(world, cluster):
    first = world.eks.list_access_policies(maxResults=2)
    rest = world.eks.list_access_policies(nextToken=first["nextToken"])
    assert len(first["accessPolicies"]) == 2 and not rest.get("nextToken")


def test_tags_and_the_tagging_api_tell_of_clusters(world):
    arn = world.eks.describe_cluster(name=world.cluster)["cluster"]["arn"]
    world.eks.tag_resource(resourceArn=arn, tags={"airflow-on-eks/deployment": world.name})
    filters = [{"Key": "airflow-on-eks/deployment", "Values": [world.name]}]
    found = world.aws("resourcegroupstaggingapi").get_resources(TagFilters=filters)["ResourceTagMappingList"]
    assert [resource["ResourceARN"] for resource in found] == [arn]
    with refused("BadRequestException", "reserved prefix"):
        world.eks.tag_resource(resourceArn=arn, tags={"aws:x": "y"})
    world.eks.untag_resource(resourceArn=arn, tagKeys=["airflow-on-eks/deployment"])
    assert world.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_deletion_protection(world):
    world.eks.update_cluster_config(name=world.cluster, deletionProtection=True)
    wait(lambda: world.status() == "ACTIVE")
    with refused("InvalidRequestException", "deletionProtection"):
        world.eks.delete_cluster(name=world.cluster)

"""What people change by hand, in AWS and in Kubernetes, is named by verify and mended by install."""

from kubernetes import client


def mended(platform, *named):
    answer = platform.run("verify")
    assert answer.code != 0
    for text in named:
        assert text in answer.output, answer.output
    platform.done("install")
    assert platform.done("verify").writes == []


def named(name):
    return [{"Name": "tag:Name", "Values": [name]}]


def test_drift_of_tags_rules_and_lifecycles_is_named_and_mended(platform):
    ec2, s3 = platform.client("ec2"), platform.client("s3")
    (subnet,) = ec2.describe_subnets(Filters=named("airflow-sandbox-public-us-west-2a"))["Subnets"]
    ec2.create_tags(Resources=[subnet["SubnetId"]], Tags=[{"Key": "kubernetes.io/role/elb", "Value": "0"}])
    (group,) = ec2.describe_security_groups(Filters=named("airflow-sandbox-database"))["SecurityGroups"]
    opened = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[opened])
    (bucket,) = [one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("airflow-logs-")]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    mended(
        platform,
        "~ ec2.subnet airflow-sandbox-public-us-west-2a: tag kubernetes.io/role/elb: 0 -> 1",
        "~ ec2.security_group airflow-sandbox-database: ingress: tcp 5432 0.0.0.0/0 -> nothing",
        f"~ s3.bucket {bucket}: ",
    )
    (group,) = ec2.describe_security_groups(Filters=named("airflow-sandbox-database"))["SecurityGroups"]
    assert [rule["IpRanges"] for rule in group["IpPermissions"]] == [[]]
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]


def test_drift_of_objects_is_named_and_mended(platform):
    core = client.CoreV1Api(platform.kubernetes())
    core.delete_namespaced_config_map("airflow-dags-samples", "airflow")
    core.patch_namespaced_config_map("grafana-dashboard-airflow", "monitoring", {"data": {"airflow.json": "none"}})
    mended(
        platform,
        "+ k8s.bundle airflow-dags-samples: ConfigMap/airflow-dags-samples",
        "~ k8s.bundle grafana-dashboards: ConfigMap/grafana-dashboard-airflow",
    )
    assert core.read_namespaced_config_map("airflow-dags-samples", "airflow").data


def test_a_deployment_scaled_by_hand_is_named(platform):
    apps = client.AppsV1Api(platform.kubernetes())
    apps.patch_namespaced_deployment_scale("airflow-scheduler", "airflow", {"spec": {"replicas": 1}})
    try:
        answer = platform.run("verify")
        assert answer.code != 0
        assert "does not work: Deployment airflow-scheduler: 1/1, wanted 2/2" in answer.output
    finally:
        apps.patch_namespaced_deployment_scale("airflow-scheduler", "airflow", {"spec": {"replicas": 2}})
        platform.done("install")


def test_a_subnet_that_is_not_in_the_settings_is_named_kept_and_pruned(platform):
    ec2 = platform.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=named("airflow-sandbox"))["Vpcs"]
    tags = [{"Key": "Name", "Value": "airflow-sandbox-public-us-west-2d"}, {"Key": "airflow-on-eks/deployment", "Value": "airflow-sandbox"}]
    place = {"CidrBlock": "10.1.200.0/24", "AvailabilityZone": "us-west-2d"}
    ec2.create_subnet(VpcId=vpc["VpcId"], TagSpecifications=[{"ResourceType": "subnet", "Tags": tags}], **place)
    assert platform.done("install").writes == [], "kept without prune"
    answer = platform.run("verify")
    assert answer.code != 0
    assert "airflow-sandbox-public-us-west-2d" in answer.output
    assert platform.done("install", prune="true").writes == ["ssm PutParameter", "ec2 DeleteSubnet", "ssm DeleteParameter"], "under the lock"
    platform.done("verify")

"""What a company's account brings: settings that are refused when wrong, and what the whole platform makes of them."""

import json
import re
from types import SimpleNamespace

import pytest
from pyinfra.context import ctx_host

from benchmarks.empty_world import EmptyWorld
from deploys.platform import platform
from sandbox.aws.eks.driver_tags import _allows, extra_tags
from settings import Settings, SettingsError

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["1.2.3.4/32"]}
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
KEY = "arn:aws:kms:us-west-2:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555"
SERVER = {"db_endpoint": "db.example.com:5432", "db_secret_arn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf"}
SHUT = {"nat_gateways": "none", "vpc_endpoints": True, "image_registry": "123456789012.dkr.ecr.us-west-2.amazonaws.com/mirror"}
GIVEN = {"vpc_id": "vpc-0a1b2c3d", "subnets": {"data": ["subnet-0a1b2c01", "subnet-0a1b2c02"], "internal": {"tier": "balancers"}}}
"""A network of somebody else's."""


def settings(**data) -> Settings:
    return Settings.of({**LEAST, **data})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"permissions_boundary": "boundary"}, "permissions_boundary is 'boundary': wanted the ARN of an IAM policy"),
        ({"permissions_boundary": BOUNDARY.replace("1234", "9999")}, "wanted a policy of account 123456789012"),
        ({"permissions_boundary": BOUNDARY.replace("aws", "aws-cn", 1)}, "wanted an ARN of us-west-2's partition, arn:aws:iam::..."),
        ({"iam_path": "teams/data"}, "iam_path is 'teams/data': wanted a path that begins and ends with a slash"),
        ({"iam_path": "/teams//data/"}, "wanted a path that begins and ends with a slash"),
        ({"iam_path": "/aws-service-role/x/"}, "this one is AWS's own"),
        ({"kms_key_arn": KEY.replace("key/", "alias/")}, "wanted the ARN of a KMS key, not of its alias"),
        ({"kms_key_arn": KEY.replace("us-west-2", "us-east-1")}, "wanted a key in us-west-2, arn:aws:kms:us-west-2:..."),
        ({"logs_bucket": "s3://logs"}, "logs_bucket is 's3://logs': wanted the name of an S3 bucket"),
        ({**SHUT, "vpc_endpoints": False}, "nat_gateways is 'none' and vpc_endpoints is False"),
        ({**SHUT, "image_registry": None}, "nat_gateways is 'none' and image_registry is None"),
        ({"image_registry": "https://registry.example.com"}, "wanted a registry and maybe a prefix"),
        ({**SERVER, "db_endpoint": "db"}, "wanted host and port of a PostgreSQL server"),
        ({**SERVER, "db_secret_arn": "db"}, "wanted the ARN of a secret"),
        ({**SERVER, "db_secret_arn": None}, "db_endpoint is given and db_secret_arn is None: a server that exists needs both"),
        ({**SERVER, "db_endpoint": None}, "db_secret_arn is given and db_endpoint is None"),
        ({"vpc_id": "vpc-1", "subnets": GIVEN["subnets"]}, "vpc_id is 'vpc-1': wanted the id of a VPC"),
        ({"vpc_id": GIVEN["vpc_id"]}, "subnets has no data and vpc_id is vpc-0a1b2c3d: give the subnets of nodes and pods"),
        ({"subnets": GIVEN["subnets"]}, "subnets is given and vpc_id is None"),
        ({**GIVEN, "subnets": {"nodes": ["subnet-0a1b2c3d"]}}, "nodes is no kind of subnets; wanted data, private, internal, database, public"),
        ({**GIVEN, "subnets": {"data": ["subnet-1"]}}, "wanted ids of subnets for data"),
        ({**GIVEN, "subnets": {"data": {"tier": 1}}}, "wanted ids of subnets for data"),
        ({**GIVEN, "subnets": {"data": ["subnet-0a1b2c3d", "subnet-0a1b2c3d"]}}, "wanted ids of subnets for data"),
        ({**GIVEN, "vpc_cidr": "10.9.0.0/16"}, "vpc_cidr is given and vpc_id is vpc-0a1b2c3d: leave it out, the VPC and its subnets decide"),
        ({**GIVEN, "secondary_cidr": "100.65.0.0/16"}, "secondary_cidr is given and vpc_id is"),
        ({**GIVEN, "zones": 2}, "zones is given and vpc_id is"),
        ({**GIVEN, "nat_gateways": "per_zone"}, "nat_gateways is given and vpc_id is"),
        (
            {**GIVEN, "ingress_scheme": "internet-facing", "ingress_cidrs": ["52.94.76.0/24"], "domain": "airflow.example.com"},
            "subnets has no public and ingress_scheme is 'internet-facing'",
        ),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(data, said):
    with pytest.raises(SettingsError) as caught:
        settings(**data)
    (line,) = caught.value.lines
    assert said in line and "\n" not in line


def test_every_role_has_the_boundary_and_the_path():
    wants = platform(settings(permissions_boundary=BOUNDARY, iam_path="/teams/data/", enable_airflow_spark_example=True))
    roles = [want for want in wants if want.kind == "iam.role"]
    assert roles and {(want.fields["boundary"], want.fields["path"]) for want in roles} == {(BOUNDARY, "/teams/data/")}
    assert [want.subject for want in wants if want.kind == "iam.existing_policy"] == [BOUNDARY]


def test_whatever_names_a_role_names_its_path():
    named = re.findall(r"arn:aws:iam::123456789012:role(/\S*?)airflow-dev-us-west-2-", json.dumps([want.fields for want in _under_a_path()], default=str))
    assert len(named) > 15 and set(named) == {"/teams/data/"}


def _under_a_path():
    return platform(settings(iam_path="/teams/data/", enable_airflow_spark_example=True, enable_spark_history_server=True, task_placement="karpenter"))


def test_everything_that_is_kept_is_under_the_accounts_key():
    wants = platform(settings(kms_key_arn=KEY, enable_airflow_spark_example=True, enable_spark_history_server=True, task_placement="karpenter"))
    by_kind = {kind: [want for want in wants if want.kind == kind] for kind in {want.kind for want in wants}}
    for kind in ("logs.log_group", "rds.instance", "efs.file_system", "s3.bucket", "secrets.secret", "ec2.launch_template"):
        assert by_kind[kind] and {want.fields["kms_key"] for want in by_kind[kind]} == {KEY}, kind
    assert by_kind["eks.cluster"][0].fields["key"] == KEY and not by_kind["kms.key"][0].present
    overlays = {name: overlay for want in wants for name, overlay in (want.fields.get("overlay") or {}).items()}
    assert overlays["StorageClass/gp3"]["parameters"]["kmsKeyId"] == KEY
    disks = [disk["ebs"] for name, overlay in overlays.items() if name.startswith("EC2NodeClass/") for disk in overlay["spec"]["blockDeviceMappings"]]
    assert len(disks) == 2 and all(disk["kmsKeyID"] == KEY and disk["volumeSize"] == "100Gi" for disk in disks)


def test_the_roles_that_meet_the_key_may_use_it():
    named = settings(kms_key_arn=KEY, enable_airflow_spark_example=True, enable_spark_history_server=True)
    roles = {want.subject.removeprefix(named.role("")): want.fields.get("policies") or {} for want in platform(named) if want.kind == "iam.role"}
    objects = [f"airflow-{component}" for component in ("api-server", "scheduler", "worker", "triggerer", "dag-processor")]
    assert sorted(role for role, policies in roles.items() if "key" in policies) == sorted(
        [*objects, "aws-ebs-csi-driver", "karpenter", "spark-history-server", "spark-team-a"]
    )
    for role, policies in roles.items():
        through = [item["Condition"]["StringEquals"]["kms:ViaService"] for item in policies.get("key", {}).get("Statement", ()) if item["Sid"] == "UseTheKey"]
        assert [services for services in through if ("s3.us-west-2.amazonaws.com" in services) is not role.startswith(("airflow-", "spark-"))] == []


def test_a_server_that_exists_is_used_and_gets_a_database_of_the_deployments_name():
    wants = {str(want): want for want in platform(settings(**SERVER))}
    assert not [name for name in wants if name.startswith("rds.") and not name.startswith("rds.existing_database")]
    assert "secrets.secret airflow-dev/database/master" not in wants
    secrets = {item["metadata"]["name"]: item["stringData"] for item in wants["k8s.bundle airflow-secrets"].fields["objects"]}
    master = secrets["airflow-platform-database-master"]
    assert (master["host"], str(master["port"]), master["username"].arguments["field"]) == ("db.example.com", "5432", "username")
    assert secrets["airflow-platform-database-user"]["username"] == "airflow_dev"
    assert secrets["airflow-platform-pgbouncer-config"]["pgbouncer.ini"].parts["database"] == "airflow_dev"


def test_task_logs_go_to_the_bucket_that_is_given_under_the_deployments_name():
    wants = platform(settings(logs_bucket="company-logs"))
    assert [want.subject for want in wants if want.kind in ("s3.bucket", "s3.existing_bucket") and want.present] == ["company-logs"]
    (release,) = [want.fields["overlay"] for want in wants if str(want) == "helm.release airflow"]
    assert release["config"]["logging"]["remote_base_log_folder"] == "s3://company-logs/airflow-dev/airflow"
    policies = json.dumps([want.fields["policies"] for want in wants if want.kind == "iam.role" and "-airflow-" in want.subject])
    assert policies.count("arn:aws:s3:::company-logs/airflow-dev/airflow/*") == 5 and "airflow-logs-" not in policies


def test_a_network_without_a_way_out_has_endpoints_of_what_is_called():
    wants = {str(want): want for want in platform(settings(**SHUT))}
    assert not [name for name in wants if name.startswith(("ec2.nat_", "ec2.elastic_ip"))]
    assert {tuple(want.fields["routes"]) for name, want in wants.items() if name.startswith("ec2.route_table airflow-dev-private-")} == {()}
    services = {want.fields["service"].removeprefix("com.amazonaws.us-west-2.") for want in wants.values() if want.kind == "ec2.vpc_endpoint"}
    assert {"ec2", "ecr.api", "ecr.dkr", "eks-auth", "s3", "sts", "elasticloadbalancing", "autoscaling", "sqs", "aps-workspaces"} <= services
    (wait,) = [want for want in wants.values() if want.kind == "ec2.endpoints_available"]
    assert {f"ec2.vpc_endpoint {name}" for name in wait.fields["endpoints"]} == {name for name in wants if name.startswith("ec2.vpc_endpoint")}
    order = list(wants)
    assert order.index("ec2.vpc_endpoint airflow-dev-sts") < order.index("eks.cluster airflow-dev") < order.index(str(wait))
    assert order.index(str(wait)) < order.index("eks.nodegroup core-node-group")


def test_karpenter_gets_an_instance_profile_where_it_cannot_reach_iam():
    for data in (SHUT, {**GIVEN, "vpc_endpoints": True}):
        wants = {str(want): want.fields for want in platform(settings(**data, task_placement="karpenter", iam_path="/teams/"))}
        role = "airflow-dev-us-west-2-karpenter-node"
        assert (wants[f"iam.instance_profile {role}"]["role"], wants[f"iam.instance_profile {role}"]["path"]) == (role, "/teams/")
        spec = wants["k8s.bundle karpenter-tasks"]["overlay"]["EC2NodeClass/tasks"]["spec"]
        assert spec["instanceProfile"] == role and "role" not in spec
        assert wants["helm.release karpenter"]["overlay"]["settings"]["isolatedVPC"] is True


def test_a_default_that_was_typed_beside_somebody_elses_network_is_refused_too():
    with pytest.raises(SettingsError) as caught:
        Settings.of({**LEAST, **GIVEN, "zones": 3}, named=["zones"])
    assert caught.value.lines == ["zones is given and vpc_id is vpc-0a1b2c3d: leave it out, the VPC and its subnets decide"]


def subnet(number: int, zone: str, **tags) -> dict:
    found = {"SubnetId": f"subnet-0a1b2c0{number}", "AvailabilityZone": f"us-west-2{zone}", "CidrBlock": f"10.8.{number}.0/24"}
    return {**found, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _in_their_network():
    subnets = [subnet(number, zone) for number, zone in ((2, "b"), (1, "a"), (9, "a"))]
    subnets += [subnet(number, zone, tier="balancers") for number, zone in ((3, "a"), (4, "b"), (5, "b"))]
    return settings(**GIVEN, enable_airflow_spark_example=True, task_placement="karpenter").seen(["10.8.0.0/16", "10.9.0.0/16"], subnets)


def test_a_network_of_somebody_elses_is_used_by_its_ids():
    wants = {str(want): want.fields for want in platform(_in_their_network())}
    data = ["subnet-0a1b2c01", "subnet-0a1b2c02"]
    assert wants["eks.nodegroup core-node-group"]["subnets"] == wants["eks.cluster airflow-dev"]["subnets"] == data
    assert wants["rds.subnet_group airflow-dev"]["subnets"] == data
    assert [wants[f"efs.mount_target airflow-dev-us-west-2{zone}"]["subnet"] for zone in "ab"] == data
    classes = [fields["overlay"][name] for fields in wants.values() for name in fields.get("overlay") or {} if name.startswith("EC2NodeClass/")]
    assert [found["spec"]["subnetSelectorTerms"] for found in classes] == [[{"id": number} for number in data]] * 2
    annotations = wants["k8s.bundle airflow-ingress"]["overlay"]["Ingress/airflow-ingress"]["metadata"]["annotations"]
    assert annotations["alb.ingress.kubernetes.io/subnets"] == "subnet-0a1b2c03,subnet-0a1b2c04"
    assert annotations["alb.ingress.kubernetes.io/inbound-cidrs"] == "10.8.0.0/16,10.9.0.0/16"
    assert wants["helm.release aws-load-balancer-controller"]["overlay"]["vpcId"] == "vpc-0a1b2c3d"
    assert {fields["vpc"] for name, fields in wants.items() if name.startswith("ec2.security_group")} == {"vpc-0a1b2c3d"}


def test_nothing_of_somebody_elses_network_is_made_watched_or_removed():
    wants = platform(_in_their_network())
    kinds = {want.subject if want.stray else want.kind for want in wants}
    layout = ("vpc", "subnet", "internet_gateway", "elastic_ip", "nat_gateway", "nat_available", "route_table", "vpc_endpoint", "default_security_group")
    assert not kinds & {f"ec2.{kind}" for kind in layout}
    with ctx_host.use(EmptyWorld()):
        (look,) = [want for want in wants if want.kind == "ec2.existing_network"]
        assert look.absent().commands() == []


TAGS = {"cost-center": "42", "ops:owner": "data team", "ops:stage": "a:b"}


def _addon(name: str, **data) -> dict:
    (found,) = [want.fields for want in platform(settings(**data)) if (want.kind, want.subject) == ("eks.addon", name)]
    return found


def test_drivers_tag_what_they_make():
    tags = settings(tags=TAGS).tag
    assert json.loads(_addon("vpc-cni", tags=TAGS)["configuration"]["env"]["ADDITIONAL_ENI_TAGS"]) == tags
    assert _addon("aws-ebs-csi-driver", tags=TAGS)["configuration"] == {"controller": {"extraVolumeTags": tags}}
    cluster = SimpleNamespace(addons={"aws-efs-csi-driver": {"configurationValues": json.dumps(_addon("aws-efs-csi-driver", tags=TAGS)["configuration"])}})
    assert extra_tags(cluster, "aws-efs-csi-driver") == {key: value for key, value in tags.items() if key != "ops:owner"}
    assert [_addon(name)["configuration"] for name in ("vpc-cni", "aws-ebs-csi-driver", "aws-efs-csi-driver")] == [None] * 3


AWS_ALONE = {
    "Effect": "Allow",
    "Action": ["elasticfilesystem:CreateAccessPoint"],
    "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": "efs.csi.aws.com/cluster"}},
}
"""The statement of AWS's AmazonEFSCSIDriverPolicy."""


def test_the_role_of_the_efs_driver_may_tag_access_points():
    def policies(**data):
        (found,) = [want.fields["policies"] for want in platform(settings(**data)) if want.subject.endswith("-aws-efs-csi-driver") and want.kind == "iam.role"]
        return found

    given = {**settings(tags=TAGS).tag, "efs.csi.aws.com/cluster": "true"}
    assert not _allows(AWS_ALONE, given) and _allows(AWS_ALONE, {"efs.csi.aws.com/cluster": "true"})
    assert any(_allows(statement, given) for statement in policies(tags=TAGS)["access-points"]["Statement"])
    assert policies() == {}

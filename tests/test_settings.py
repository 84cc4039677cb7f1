"""The settings: where they come from, what is refused and how it is said."""

import subprocess
import sys
from ast import literal_eval
from pathlib import Path
from runpy import run_path

import pytest
from pyinfra.api import State
from pyinfra.context import ctx_state
from pyinfra_cli.inventory import make_inventory_from_files
from pyinfra_cli.util import parse_cli_arg

from settings import Settings, SettingsError
from settings.defaults import defaults
from settings.table import table

ROOT = Path(__file__).parents[1]
LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["1.2.3.4/32"]}


PUBLIC = {"ingress_scheme": "internet-facing", "ingress_cidrs": ["52.94.76.0/24"], "domain": "airflow.example.com"}
GITHUB = "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
OVER_SSH = {"dags_repo": "git@github.com:x/dags.git", "dags_secret": "team/key", "dags_known_hosts": [GITHUB]}
HALF_THE_WORLD = [f"{first}.0.0.0/8" for first in range(1, 224) if first not in (10, 127, 169)]


def settings(**data) -> Settings:
    return Settings.of({**LEAST, **data})


def refused(**data) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings(**data)
    return caught.value.lines


def only_host(inventory: Path, **override_data):
    inventory.write_text(f"deployments = [('@local', {LEAST!r})]", encoding="utf-8")
    with ctx_state.use(State()):
        (host,) = make_inventory_from_files(str(inventory), override_data)
    return host


def test_every_setting_but_the_deployment_has_its_default_in_the_group_data():
    assert set(defaults()) == set(Settings.names()) - {"deployment"}


def test_the_page_of_settings_is_up_to_date():
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == table()


@pytest.mark.parametrize("inventory", ["dev", "prod", "sandbox", "company"])
def test_inventories_are_right_once_their_blanks_are_filled_in(inventory):
    (host, data) = run_path(str(ROOT / "inventories" / f"{inventory}.py"))["deployments"][0]
    data = literal_eval(repr(data).replace("000000000000", "123456789012"))
    filled = {} if inventory != "dev" else LEAST
    assert Settings.of({**data, **filled, "deployment": host.partition("/")[2]}, inventory=ROOT / "inventories")


@pytest.mark.parametrize("inventory", ["dev", "prod", "company"])
def test_the_blank_account_of_an_inventory_is_refused(inventory):
    data = run_path(str(ROOT / "inventories" / f"{inventory}.py"))["deployments"][0][1]
    with pytest.raises(SettingsError) as caught:
        Settings.of({**data, "deployment": "airflow"})
    assert caught.value.lines[0] == "account_id is '000000000000': put your account's 12 digits in the inventory, as inventories/dev.py"


def test_what_is_pyinfras_own_is_passed_over():
    assert settings(_sudo=True, _retries=2, ssh_user="root", ssh_key="key", ssh_port=22)


def test_everything_wrong_is_listed_at_once_one_line_each():
    lines = refused(enable_karpneter=True, core_nodes="many", zones=7, enable_kube_prometheus_stack=False)
    assert lines == [
        "zones is 7: wanted 2, 3, or the names of two or three zones",
        "core_nodes is 'many': wanted a whole number",
        "enable_karpneter is not a setting; did you mean enable_karpenter?",
        "enable_amazon_prometheus is True and needs enable_kube_prometheus_stack, which is False: switch both on or both off",
    ]


def test_no_secret_is_shown():
    given = {
        "airflow_env": {"DBT_PASSWORD": "hunter2"},
        "airflow_config": {"x": 1, "smtp_password": "hunter2"},
        "values": {"airfow": {"fernetKey": {"apiKey": "hunter2"}}},
    }
    lines = refused(dags_repo="https://me:hunter2@github.com/example/dags", db_storrage="hunter2", **given)
    assert len(lines) == 5
    assert "hunter2" not in "".join(lines)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("account_id=012345678901", "012345678901"),
        ("kubernetes_version=1.36", "1.36"),
        ('kubernetes_version="1.40"', "1.40"),
        ("db_engine_version=17", "17"),
        ("enable_kubecost=False", False),
        ("ingress_scheme=null", None),
        ("endpoint_public_cidrs=1.2.3.0/24, 5.6.7.8/32", ["1.2.3.0/24", "5.6.7.8/32"]),
        ('control_plane_logs=["audit"]', ["audit"]),
        ('tags={"cost-centre": 42}', {"cost-centre": "42"}),
        ("dags_ref=1234567", "1234567"),
    ],
)
def test_what_is_typed_is_what_is_meant(typed, kept):
    setting, _, value = typed.partition("=")
    assert getattr(settings(**{setting: parse_cli_arg(value)}), setting) == kept


def test_an_inventory_kept_elsewhere_gets_the_defaults_too(tmp_path):
    kept = Settings.of(only_host(tmp_path / "mine.py", region="eu-west-1", _sudo=False).data.dict())
    assert (kept.deployment, kept.region, kept.kubernetes_version) == ("airflow-dev", "eu-west-1", defaults()["kubernetes_version"])


def test_pyinfra_puts_the_host_before_the_group_data(tmp_path):
    (tmp_path / "group_data").symlink_to(ROOT / "inventories" / "group_data")
    host = only_host(tmp_path / "mine.py")
    assert host.data.dict() == {**defaults(), **LEAST}
    assert Settings.of(host.data.dict()) == settings()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"deployment": "Airflow_Dev"}, "deployment is 'Airflow_Dev': wanted 2 to 22 of a-z, 0-9 and single hyphens"),
        ({"deployment": "a-name-that-is-too-long"}, "wanted 2 to 22"),
        ({"deployment": "air--flow"}, "single hyphens"),
        ({"deployment": "sg-airflow"}, "does not start with sg-, as AWS's ids do"),
        ({"account_id": "1234"}, "account_id is '1234': wanted the account's 12 digits"),
        ({"region": "us-west"}, "region is 'us-west': wanted the name of an AWS region"),
        ({"region": "us-west-9"}, "region is 'us-west-9': no region that botocore knows"),
        ({"region": "cn-north-1"}, "region is cn-north-1, which has no Amazon Managed Prometheus: set enable_amazon_prometheus to False"),
        ({"region": "eusc-de-east-1"}, "where AWS publishes RDS's certificates for aws-eusc is not known, set db_ca_bundle to a PEM file"),
        ({"tags": {"team": "a,b"}}, "in team and its value"),
        ({"tags": {"team": "a\tb"}}, "in team and its value"),
        ({"tags": {"team": " a"}}, "in team and its value"),
        ({"tags": {"a=b": "c"}}, "in a=b and its value"),
        ({"tags": {"a*": "c"}}, "in a* and its value"),
        ({"tags": {"": "c"}}, "keys of 1 to 128"),
        ({"tags": {"team": "a" * 257}}, "at most 256 characters"),
        ({"tags": {"team": "a", "Team": "b"}}, "which IAM does not tell apart"),
        ({"tags": {f"key{number}": "" for number in range(41)}}, "at most 40 tags"),
        ({"vpc_cidr": "10.1.0.0/24"}, "vpc_cidr is '10.1.0.0/24': too small for its subnets"),
        ({"vpc_cidr": "10.1.0.0/24"}, "the smallest that fits is /20"),
        ({"vpc_cidr": "10.0.0.0/8"}, "wanted /16 or smaller"),
        ({"vpc_cidr": "8.8.0.0/16"}, "wanted a private range"),
        ({"vpc_cidr": "10.1.5.0/16"}, "its first address and size: 10.1.0.0/16"),
        ({"vpc_cidr": "ten"}, "wanted an IPv4 range"),
        ({"secondary_cidr": "100.64.0.0/22"}, "the smallest that fits is /21"),
        ({"secondary_cidr": "10.1.0.0/18"}, "it overlaps vpc_cidr 10.1.0.0/16"),
        ({"secondary_cidr": "192.168.0.0/16"}, "all that AWS takes next to 10.1.0.0/16"),
        ({"zones": ["us-east-1a", "us-west-2b"]}, "zones has us-east-1a: wanted zones of us-west-2"),
        ({"zones": ["us-west-2a"]}, "the names of two or three zones"),
        ({"zones": ["us-west-2a", "us-west-2a"]}, "the names of two or three zones"),
        ({"nat_gateways": "two"}, "wanted 'single', 'per_zone' or 'none'"),
        ({"kubernetes_version": 1.3}, "it may have been 1.30"),
        ({"kubernetes_version": "1.9"}, "wanted a minor version that EKS offers"),
        ({"kubernetes_version": "1.36.1"}, "wanted a minor version that EKS offers"),
        ({"endpoint_public_cidrs": []}, "endpoint_public_cidrs is []: put the ranges you install from"),
        ({"endpoint_public_cidrs": ["0.0.0.0/0"]}, "much of the world"),
        ({"endpoint_public_cidrs": ["0.0.0.0/1", "128.0.0.0/1"]}, "much of the world"),
        ({"endpoint_public_cidrs": HALF_THE_WORLD}, "has 220 ranges of 3,690,987,520 addresses, much of the world"),
        ({"endpoint_public_cidrs": ["203.0.113.0/24"]}, "203.0.113.0/24 is private or reserved"),
        ({"endpoint_public_cidrs": ["10.0.0.0/24"]}, "10.0.0.0/24 is private"),
        ({"control_plane_logs": ["audits"]}, "wanted some of api, audit"),
        ({"log_retention_days": 100}, "the nearest is 90"),
        ({"key_deletion_days": 3}, "key_deletion_days is 3: wanted 7 or more"),
        ({"admins": ["arn:aws:sts::123456789012:assumed-role/x/y"]}, "wanted ARNs of IAM roles and users"),
        ({"admins": ["arn:aws-cn:iam::123456789012:role/x"]}, "admins has arn:aws-cn:iam::123456789012:role/x: wanted ARNs of us-west-2's partition"),
        ({"core_nodes": 12}, "core_nodes is 12: wanted core_nodes_min 3 to core_nodes_max 9"),
        ({"core_nodes": True}, "core_nodes is True: wanted a whole number"),
        ({"core_instance_types": ["m7g.xlarge"]}, "wanted x86-64 types"),
        ({"core_ami_type": "AL2023_ARM_64_STANDARD"}, "core_instance_types has m5.xlarge: wanted ARM types"),
        ({"addon_versions": {"vpc-cin": "v1.20.0-eksbuild.1"}}, "did you mean vpc-cni?"),
        ({"addon_versions": {"vpc-cni": "latest"}}, "wanted the add-on's own version for vpc-cni"),
        ({"db_instance_class": "m6g.large"}, "wanted an RDS instance class"),
        ({"db_engine_version": 17.1}, "it may have been 17.10"),
        ({"db_storage_max": 20, "db_storage": 20}, "wanted 22 or more"),
        ({"db_storage": 100}, "at least a tenth more than db_storage 100"),
        ({"db_ca_bundle": "nowhere.pem"}, "no such file"),
        ({"db_ca_bundle": "README.md"}, "holds no certificates"),
        ({"db_ca_bundle": "/dev/null"}, "holds no certificates"),
        ({"db_ca_bundle": "docs"}, "Is a directory"),
        ({"secret_recovery_days": 3}, "wanted 7 to 30 days, or 0"),
        ({"airflow_version": "2.10.5"}, "wanted a release of Airflow 3"),
        ({"karpenter_image": "al2023@latest"}, "wanted a release of Amazon Linux 2023 by its day"),
        ({"dags_storage": "10GB"}, "wanted a Kubernetes quantity"),
        ({"dags_repo": "dags"}, "wanted the address of a Git repository"),
        ({"dags_ref": 1.2}, "in quotes that survive the shell"),
        ({"dags_subpath": "dags"}, "dags_repo is None"),
        ({"logs_expire_days": 30}, "wanted fewer days than logs_expire_days 30"),
        ({**PUBLIC, "ingress_cidrs": []}, "ingress_cidrs is []"),
        ({**PUBLIC, "domain": None}, "passwords would cross the internet unencrypted"),
        ({**PUBLIC, "ingress_cidrs": ["0.0.0.0/0"]}, "ingress_cidrs has 0.0.0.0/0, much of the world"),
        ({**PUBLIC, "ingress_cidrs": HALF_THE_WORLD}, "ingress_cidrs has 220 ranges"),
        ({"domain": "airflow"}, "wanted a host name"),
        ({"domain": "airflow.example.com", "ingress_scheme": None}, "ingress_scheme is None"),
        ({"domain": "airflow.example.com", "hosted_zone": "example.org"}, "wanted a name under hosted_zone 'example.org'"),
        ({"hosted_zone": "example.org"}, "domain is None"),
        ({"domain": "airflow.example.com", "enable_aws_load_balancer_controller": False}, "needs enable_aws_load_balancer_controller"),
        ({"task_placement": "karpenter", "enable_karpenter": False}, "needs enable_karpenter"),
        ({"enable_airflow_spark_example": True, "enable_karpenter": False}, "needs enable_karpenter"),
        ({"enable_karpenter": "yes"}, "enable_karpenter is 'yes': wanted true or false"),
        ({"chart_mirror": "ftp://charts"}, "wanted oci://... or https://..."),
        ({"chart_mirror": "nowhere"}, "no such directory"),
        ({"chart_mirror": "README.md"}, "no such directory"),
        ({"charts": {"karpnter": {"version": "1"}}}, "did you mean karpenter?"),
        ({"charts": {"karpenter": {"verison": "1"}}}, "charts.karpenter.verison is not a setting"),
        ({"name": "airflow"}, "name is not a setting: pyinfra takes it"),
        ({"airflow_image": "Airflow:1"}, "wanted repository:tag, repository@sha256:..."),
        ({"airflow_image": "registry.example.com/airflow"}, "wanted a tag or a digest"),
        ({"airflow_image": "registry.example.com/airflow:1", "airflow_packages": "README.md"}, "give the repository alone"),
        ({"airflow_packages": "README.md"}, "airflow_image is None: give the repository that `make image` pushes"),
        ({"airflow_packages": "nowhere.txt"}, "no such file; wanted a requirements file"),
        ({"airflow_image_secret": "team/registry"}, "give the image it is for"),
        ({"airflow_image": "a/b:1", "airflow_image_secret": "not a name"}, "wanted the name of a secret"),
        ({"dags_repo": "git@github.com:x/dags.git"}, "which nobody reads without a key: name in dags_secret the secret with its deploy key"),
        ({**OVER_SSH, "dags_known_hosts": []}, "dags_known_hosts has no key of github.com"),
        ({**OVER_SSH, "dags_repo": "ssh://git@git.example.com:2222/x.git"}, "dags_known_hosts has no key of [git.example.com]:2222"),
        ({"dags_known_hosts": ["github.com"]}, "wanted lines of known hosts"),
        ({"dags_secret": "team/key"}, "dags_repo is None: give the repository it is for"),
        ({"dags_bundles": {"samples": {"repo": "https://github.com/x/y.git"}}}, "other than dags-folder and samples"),
        ({"dags_bundles": {"a": {"repo": "git@github.com:x/y.git"}}}, "dags_bundles.a.repo is 'git@github.com:x/y.git', which nobody reads without a key"),
        ({"dags_bundles": {"a": {"repo": "dags"}}}, "dags_bundles.a.repo is 'dags': wanted the address of a Git repository"),
        ({"dags_bundles": {"a": {"repo": "https://github.com/x/y.git", "branch": "main"}}}, "dags_bundles.a.branch is not a setting"),
        ({**OVER_SSH, "dags_bundles": {"dags": {"repo": "https://github.com/x/y.git"}}}, "the name of the bundle of dags_repo"),
        ({"dags_bundles": {"a": {"repo": "https://github.com/x/y.git"}}, "dags_fetch": "git-sync"}, "which fetches dags_repo alone"),
        ({"dags_fetch": "s3"}, "wanted 'git-bundle' or 'git-sync'"),
        ({"alerts": {"sns_topic": "alerts"}}, "alerts.sns_topic is 'alerts': wanted the ARN of a standard topic"),
        ({"alerts": {"sns_topic": "arn:aws:sns:us-west-2:123456789012:alerts.fifo"}}, "wanted the ARN of a standard topic"),
        ({"alerts": {"sns_topic": "arn:aws-cn:sns:cn-north-1:123456789012:alerts"}}, "wanted a topic of us-west-2's partition"),
        ({"alerts": {"mail": "a@example.com"}}, "alerts.mail is not a setting"),
        (
            {"alerts": {"slack_secret": "team/slack"}, "enable_kube_prometheus_stack": False, "enable_amazon_prometheus": False},
            "alerts has receivers and needs",
        ),
        ({"airflow_secrets": "/team/"}, "wanted how the names of secrets begin"),
        ({"airflow_secrets": "team", "airflow_config": {"secrets.backend": "x"}}, "one of both decides on the backend"),
        ({"airflow_policies": {"webserver": []}}, "webserver is no component; wanted some of api-server"),
        ({"airflow_policies": {"worker": ["AmazonS3FullAccess"]}}, "worker has AmazonS3FullAccess: wanted the ARN of a managed policy"),
        ({"airflow_policies": {"worker": [{"Action": "s3:*"}]}}, "a statement with Effect, Action and Resource"),
        ({"airflow_policies": {"worker": [f"arn:aws:iam::aws:policy/P{n}" for n in range(11)]}}, "AWS takes 10 on a role"),
        ({"airflow_pools": {"warehouse": -2}}, "'warehouse': wanted a name and its slots"),
        ({"airflow_config": {"parallelism": 64}}, "parallelism: wanted section.option"),
        ({"airflow_config": {"core.parallelism": [64]}}, "core.parallelism: wanted text, a number, true or false"),
        ({"airflow_config": {"core.executor": "LocalExecutor"}}, "airflow_config.core.executor is not yours to set: every task runs in a pod of its own"),
        ({"airflow_config": {"core.fernet_key": "x"}}, "made once and kept in Secrets Manager"),
        ({"airflow_config": {"database.sql_alchemy_conn": "x"}}, "over verified TLS"),
        ({"airflow_config": {"smtp.smtp_password": "hunter2"}}, "airflow_config.smtp.smtp_password would be read in clear"),
        ({"airflow_env": {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"}}, "AIRFLOW__CORE__EXECUTOR: set airflow_config"),
        ({"airflow_env": {"AIRFLOW_CONN_X": "postgres://"}}, "belong in Secrets Manager"),
        ({"airflow_env": {"DBT_PASSWORD": "x"}}, "belong in Secrets Manager"),
        ({"airflow_env": {"AWS_PROFILE": "x"}}, "a role of its own"),
        ({"airflow_env": {"not-a-name": "x"}}, "wanted the name of an environment variable"),
        ({"values": {"airfow": {}}}, "there is no release airfow; did you mean airflow?"),
        ({"values": {"airflow": []}}, "values.airflow is []: wanted a map"),
        ({"values_files": {"airflow": "nowhere.yaml"}}, "nowhere.yaml: no such file"),
        ({"values_files": {"airflow": "README.md"}}, "README.md"),
        ({"manifests": "nowhere"}, "no such directory; wanted a folder of Kubernetes manifests"),
    ],
)
def test_what_is_wrong_is_refused_in_one_line(data, said):
    lines = refused(**data)
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert said in lines[0]


RESERVED = ("aws:x", "AWS:x", "airflow-on-eks/deployment", "airflow-on-eks/x", "karpenter.sh/discovery", "kubernetes.io/cluster/airflow-dev", "Name", "name")


@pytest.mark.parametrize("key", [*RESERVED, "eks:cluster-name", "k8s.io/cluster-autoscaler/enabled", "elbv2.k8s.aws/cluster"])
def test_tags_that_others_go_by_are_refused(key):
    (line,) = refused(tags={key: "y"})
    assert f"wanted other keys than {key}, " in line


def test_tags_may_say_what_iam_takes():
    assert settings(tags={"cost centre": "Größe 7_.:/=+-@x", "team": ""}).tag["team"] == ""


SOURCES = {
    "dags_repo": lambda address: {"dags_repo": address},
    "chart_mirror": lambda address: {"chart_mirror": address},
    "charts.karpenter.repo": lambda address: {"charts": {"karpenter": {"repo": address}}},
}


@pytest.mark.parametrize("setting", SOURCES)
@pytest.mark.parametrize(
    "address",
    [
        "https://me:hunter2@example.com/x",
        "https://hunter2@example.com/x",
        "https://me:hunt/er2@example.com/x",
        "ssh://git:hunter2@example.com/x",
        "oci://me:hunter2@example.com/x",
        "https://example.com/x?private_token=hunter2",
        "https://example.com/x?",
        "https://example.com/x#hunter2",
        "http://example.com/x",
        "git://example.com/x",
        "ftp://example.com/x",
        "file:///etc",
        "https://",
        "https://[example.com/x",
    ],
)
def test_sources_are_encrypted_and_hold_no_secret(setting, address):
    (line,) = refused(**SOURCES[setting](address))
    assert line.startswith(f"{setting} is ") and "wanted " in line and "hunter2" not in line and "er2" not in line


@pytest.mark.parametrize("address", ["https://github.com/x/dags.git", "ssh://git@github.com:22/x/dags.git", "git@github.com:x/dags.git"])
def test_addresses_of_git_repositories(address):
    given = {**OVER_SSH, "dags_repo": address}
    assert settings(**given).dags_repo == address


def test_what_is_open_to_much_of_the_world_is_so_by_decision():
    assert settings(endpoint_public_cidrs=HALF_THE_WORLD, endpoint_open_to_world=True)
    assert settings(**{**PUBLIC, "ingress_cidrs": ["0.0.0.0/0"], "ingress_open_to_world": True})
    assert settings(endpoint_public_cidrs=["52.0.0.0/8", "52.1.0.0/16"]), "counted once"
    assert settings(ingress_cidrs=["10.0.0.0/8", "172.16.0.0/12", "0.0.0.0/0"]), "an internal load balancer is not reached from the world"


def test_an_inventory_changes_a_part_of_a_chart():
    karpenter = settings(charts={"karpenter": {"version": "1.15.0"}}).chart("karpenter")
    assert karpenter == ("karpenter", "1.15.0", "oci://public.ecr.aws/karpenter")


def test_a_mirror_replaces_every_repository():
    mirrored = settings(chart_mirror="oci://mirror.example.com/charts")
    assert {mirrored.chart(chart).repo for chart in mirrored.charts} == {"oci://mirror.example.com/charts"}


def test_each_addon_but_what_others_need_can_be_switched_off_alone():
    switches = [setting for setting, value in defaults().items() if setting.startswith("enable_") and value]
    alone = [switch for switch in switches if switch != "enable_kube_prometheus_stack"]
    assert all(settings(**{switch: False}) for switch in alone)
    assert settings(enable_kube_prometheus_stack=False, enable_amazon_prometheus=False)


def test_the_ui_has_a_load_balancer_while_its_controller_is_on():
    assert settings().ingress
    assert not settings(enable_aws_load_balancer_controller=False).ingress
    assert not settings(ingress_scheme=None).ingress


def test_settings_are_read_without_loading_aws_or_kubernetes():
    loaded = "import settings, sys; print(sorted({'boto3', 'botocore', 'kubernetes', 'pyinfra'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "[]\n"

"""What cannot work is refused in one clear line, with an exit code, before anything is sent."""

import re
import shutil

import pytest
from roundtrip_world import ROOT

FRAMING = re.compile(r"^(-->.*|\s*|    Loading: .*|    versions: .*|.*the settings are refused:|.* to create, .*refused)$")
"""What pyinfra says around it, and the plan's closing count."""

TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}'

EKS = """deployments = [("@eks/airflow-dev", {"account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]})]\n"""


def refused(ran, text, lines=1):
    assert ran.code != 0, ran.output
    assert "Traceback" not in ran.output and "Exception" not in ran.output
    assert ran.writes == []
    told = [line for line in ran.output.splitlines() if not FRAMING.match(line) or text in line]
    assert told and all(text in line for line in told), ran.output
    assert lines is None or len(told) == lines, told


@pytest.fixture
def eks(tmp_path):
    inventory = tmp_path / "dev.py"
    inventory.write_text(EKS)
    return inventory


def as_user(account, **other):
    keys = {
        "AWS_ENDPOINT_URL": account.endpoint,
        "AWS_ACCESS_KEY_ID": account.daemon["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": account.daemon["secret_access_key"],
    }
    return {**keys, **other}


def test_credentials_of_another_account(account, eks):
    taken = account.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/deployer", RoleSessionName="deployer")["Credentials"]
    keys = {"AWS_ACCESS_KEY_ID": taken["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"], "AWS_SESSION_TOKEN": taken["SessionToken"]}
    ran = account.run("install", inventory=eks, environment=as_user(account, **keys))
    refused(ran, "the credentials belong to account 210987654321")
    assert "the inventory wants 123456789012" in ran.output


def test_no_credentials(account, eks):
    refused(account.run("install", inventory=eks, environment={"AWS_ENDPOINT_URL": account.endpoint}), "set AWS_PROFILE or sign in")


def test_an_unknown_profile(account, eks):
    refused(account.run("install", inventory=eks, environment=as_user(account, AWS_PROFILE="nobody")), "The config profile (nobody) could not be found")


def test_credentials_aws_does_not_know(account, eks):
    refused(account.run("install", inventory=eks, environment=as_user(account, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")), "use credentials AWS knows")


def test_an_endpoint_that_cannot_be_reached_is_told_within_seconds(account, eks):
    ran = account.run("install", inventory=eks, environment=as_user(account, AWS_ENDPOINT_URL="http://127.0.0.1:1"))
    refused(ran, "Could not connect to the endpoint URL")
    assert ran.seconds < 20


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"enable_karpneter": "true"}, "enable_karpneter is not a setting; did you mean enable_karpenter?"),
        ({"core_nodes": "many"}, "core_nodes is 'many': wanted a whole number"),
        ({"vpc_cidr": "10.1.0.0/24"}, "vpc_cidr is '10.1.0.0/24': too small for its subnets"),
        ({"secondary_cidr": "100.64.0.0/24"}, "secondary_cidr is '100.64.0.0/24': too small for its subnets"),
        ({"kubernetes_version": '"1.99"'}, "kubernetes_version is '1.99': wanted a minor version that EKS offers"),
        ({"kubernetes_version": "1.3"}, "quote it"),
        ({"account_id": "dev"}, "account_id is 'dev': wanted the account's 12 digits"),
        ({"region": "mars-1"}, "region is 'mars-1': wanted the name of an AWS region"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_setting_that_cannot_be_meant(account, settings, text):
    ran = account.run("install", **settings)
    refused(ran, text)
    assert ran.calls == []


@pytest.mark.parametrize("verb", ["verify", "cleanup"])
def test_a_misspelt_setting_of_another_verb(account, verb):
    ran = account.run(verb, skip_final_snapshots="true")
    refused(ran, "skip_final_snapshots is not a setting; did you mean skip_final_snapshot?")
    assert ran.calls == []


def test_a_kubernetes_version_eks_does_not_offer_any_more(account, tmp_path):
    inventory = tmp_path / "sandbox.py"
    text = (ROOT / "inventories" / "sandbox.py").read_text()
    inventory.write_text(text.replace('"account_id"', '"kubernetes_version": "1.30", "account_id"').replace('"../', f'"{ROOT}/'))
    refused(account.run("install", inventory=inventory), "Kubernetes 1.30 is not supported by EKS: choose one of ")


def test_a_chart_that_is_not_in_the_mirror(account, tmp_path):
    ran = account.run("install", chart_mirror=tmp_path)
    refused(ran, f" is not in {tmp_path}: ", lines=None)
    assert f"chart airflow 1.22.0 is not in {tmp_path}" in ran.output


@pytest.mark.parametrize("file", ["values/airflow.yaml", "manifests/storage.yaml"])
def test_a_broken_file(account, tmp_path, file):
    copy = tmp_path / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "tests", "__pycache__", "*.egg-info"))
    (copy / file).write_text("a: [b\n" + (copy / file).read_text())
    ran = account.run("install", root=copy, inventory=copy / "inventories" / "sandbox.py")
    refused(ran, f"{file}, line ")
    assert "mend the file" in ran.output


def test_an_administrator_without_its_path(account):
    iam, path = account.client("iam"), "/aws-reserved/sso.amazonaws.com/"
    arn = iam.create_role(RoleName="AWSReservedSSO_Admin_0123456789abcdef", Path=path, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    refused(account.run("install", admins=arn.replace(path, "/")), f"IAM's is {arn}: put that in the setting admins")
    assert account.done("install", "--dry", admins=arn).writes == []


@pytest.mark.parametrize("verb", ["install", "verify", "cleanup"])
def test_no_wait(account, verb):
    refused(account.run(verb, "--no-wait"), "--no-wait hides failures behind exit code 0")


@pytest.mark.parametrize("confirm", [{}, {"confirm": "airflow-dev"}], ids=["unconfirmed", "another"])
def test_the_cleanup_of_a_protected_deployment(account, confirm):
    refused(account.run("cleanup", protect="true", **confirm), "to remove it all the same add --data confirm=airflow-sandbox")


def test_a_result_file_that_cannot_be_written(account):
    ran = account.run("install", json="/nowhere/plan.json")
    assert "give --data json= a file that can be written" in ran.output
    assert ran.code != 0 and ran.writes == [] and "Traceback" not in ran.output

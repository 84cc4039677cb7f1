"""Secrets are nowhere but in AWS, in the cluster and, while a run lasts, in a kubeconfig of its owner alone."""

import pytest
from watching import watched_run


@pytest.fixture(scope="module")
def seen(platform):
    """An install and a verification that tell all they can: what was printed, the arguments and the files that were seen."""
    verified, more = watched_run(platform, "verify", "-vvv", "--debug-all")
    shown = platform.first.output + verified.output
    return shown, platform.seen["arguments"] | more["arguments"], {**platform.seen["files"], **more["files"]}


@pytest.fixture(scope="module")
def secrets(platform):
    manager = platform.client("secretsmanager")
    names = [secret["Name"] for secret in manager.list_secrets()["SecretList"]]
    values = {name: manager.get_secret_value(SecretId=name)["SecretString"] for name in names}
    assert len(values) >= 6
    return {**values, "the token for EKS": "k8s-aws-v1.", "the secret access key": platform.daemon["secret_access_key"]}


def test_no_secret_is_printed_at_any_verbosity(seen, secrets):
    shown, _, _ = seen
    assert [name for name, value in secrets.items() if value in shown] == []


def test_no_secret_is_an_argument(seen, secrets):
    _, arguments, _ = seen
    assert any("helm" in line for line in arguments), "helm was seen"
    assert [name for name, value in secrets.items() if any(value in line for line in arguments)] == []


def test_the_only_secret_in_a_file_is_the_token_in_a_kubeconfig_closed_to_others(seen, secrets):
    _, _, files = seen
    found = {(name, file.removesuffix(".new"), mode) for name, value in secrets.items() for file, (mode, text) in files.items() if value in text}
    assert found == {("the token for EKS", "kubeconfig", "0o600")}


def test_no_file_is_left(platform, seen):
    assert [path.name for path in platform.temporary.rglob("*") if path.is_file()] == []

"""A key has no name by which AWS would refuse a second: it is looked for by its tags before another is made."""

import json
from urllib.request import Request, urlopen

import boto3
import pytest
from ownership_world import connected

from deploys.plan import plan


@pytest.fixture(params=["lost", "error"])
def struck(request, account):
    """A deployment whose first call to make a key is struck."""
    fault = {"service": "kms", "action": "CreateKey", "kind": request.param}
    post = lambda document: urlopen(Request(f"{account.endpoint}/sandbox/faults", json.dumps(document).encode(), method="POST"), timeout=10)  # noqa: E731
    with connected(account, f"key-{request.param}") as deployment:
        post({"faults": [fault]})
        yield deployment
        post({"faults": []})


def ours(deployment, account):
    """The states of the keys that carry the deployment's tag."""
    kms = boto3.client("kms", region_name=account.region, endpoint_url=account.endpoint)
    keys = [key["KeyId"] for key in kms.list_keys()["Keys"]]
    tagged = [
        key for key in keys if {"TagKey": "airflow-on-eks/deployment", "TagValue": deployment.settings.deployment} in kms.list_resource_tags(KeyId=key)["Tags"]
    ]
    return kms, {key: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for key in tagged}


def carried_out(deployment, want):
    for command in want.commands():
        done, output = deployment.host.run_shell_command(command)
        assert done, output.stderr


def test_one_key_is_made_and_a_second_is_scheduled(struck, account):
    (want,) = [want for want in struck.wants if want.kind == "kms.key"]
    carried_out(struck, want)
    kms, keys = ours(struck, account)
    assert list(keys.values()) == ["Enabled"]
    (key,) = keys
    assert kms.describe_key(KeyId=f"alias/{struck.settings.deployment}")["KeyMetadata"]["KeyId"] == key
    tags = kms.list_resource_tags(KeyId=key)["Tags"]
    second = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    struck.host.connector.aws.cache.clear()
    (step,) = plan([want])
    assert step.lines() == [f"~ {want}", f"    second key: {second} -> nothing"]
    carried_out(struck, want)
    assert ours(struck, account)[1] == {key: "Enabled", second: "PendingDeletion"}
    assert plan([want]) == []

"""Comparing without asking the API server: what it writes otherwise is the same, what is missing or different is not."""

import pytest

from connectors.kubernetes.structure import laid_over


def pod(**container):
    return {"spec": {"containers": [{"name": "main", "image": "nginx", **container}]}}


SAME = {
    "defaults": (pod(imagePullPolicy="Always"), pod()),
    "status": ({**pod(), "status": {"phase": "Running"}}, pod()),
    "quantities": (pod(resources={"requests": {"cpu": "500m", "memory": "1Gi"}}), pod(resources={"requests": {"cpu": 0.5, "memory": "1024Mi"}})),
    "what is empty": (pod(), pod(env=[], tty=False, args=None)),
    "an environment variable of somebody else": (pod(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]), pod(env=[{"name": "A", "value": "1"}])),
    "the order of named things": (pod(env=[{"name": "B"}, {"name": "A"}]), pod(env=[{"name": "A"}, {"name": "B"}])),
    "the protocol of a port": (pod(ports=[{"containerPort": 80, "protocol": "TCP"}]), pod(ports=[{"containerPort": 80}])),
    "a secret's text": ({"kind": "Secret", "data": {"a": "eA=="}}, {"kind": "Secret", "stringData": {"a": "x"}}),
}
OTHER = {
    "an image": (pod(), pod(image="nginx:2")),
    "an argument": (pod(args=["a", "b"]), pod(args=["a"])),
    "the order of arguments": (pod(args=["a", "b"]), pod(args=["b", "a"])),
    "a missing field": (pod(), pod(tty=True)),
    "a missing container": (pod(), {"spec": {"containers": [{"name": "other", "image": "nginx"}]}}),
    "a rule too many": ({"rules": [{"verbs": ["get"]}, {"verbs": ["*"]}]}, {"rules": [{"verbs": ["get"]}]}),
    "a number and its text in words": ({"data": {"a": "one"}}, {"data": {"a": 1}}),
    "a secret's text": ({"kind": "Secret", "data": {"a": "eQ=="}}, {"kind": "Secret", "stringData": {"a": "x"}}),
}


@pytest.mark.parametrize("case", SAME)
def test_it_is_the_same(case):
    live, ours = SAME[case]
    assert laid_over(live, ours) == live


@pytest.mark.parametrize("case", OTHER)
def test_it_is_not_the_same(case):
    live, ours = OTHER[case]
    assert laid_over(live, ours) != live
    assert laid_over(laid_over(live, ours), ours) == laid_over(live, ours)

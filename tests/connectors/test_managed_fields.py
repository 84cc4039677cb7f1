"""Whether the API server has to be asked what becomes of an object: where its manager would set less of it than it did."""

import pytest

from connectors.kubernetes.managed_fields import gives_up

OURS = "airflow-on-eks"
PORT = 'k:{"port":8080,"protocol":"TCP"}'
FIELDS = {
    "f:metadata": {"f:labels": {".": {}, "f:app": {}}, "f:finalizers": {'v:"kept"': {}}},
    "f:spec": {"f:replicas": {}, "f:ports": {PORT: {".": {}, "f:port": {}, "f:protocol": {}}}},
}
ITEM = {
    "metadata": {"name": "x", "labels": {"app": "a"}, "finalizers": ["kept"]},
    "spec": {"replicas": 2, "ports": [{"port": 8080, "protocol": "TCP"}]},
}


def live(fields=FIELDS, manager=OURS, operation="Apply"):
    return {"metadata": {"managedFields": [{"manager": manager, "operation": operation, "fieldsV1": fields}]}}


def without(part, key):
    return {**ITEM, part: {name: value for name, value in ITEM[part].items() if name != key}}


def test_one_that_sets_all_it_did_gives_nothing_up():
    assert not gives_up(live(), ITEM, OURS)
    assert not gives_up(live(), {**ITEM, "spec": {**ITEM["spec"], "replicas": 3, "paused": True}}, OURS), "what differs shows in the object itself"


@pytest.mark.parametrize(
    "item",
    [without("metadata", "labels"), without("metadata", "finalizers"), without("spec", "replicas"), without("spec", "ports")]
    + [{**ITEM, "spec": {**ITEM["spec"], "ports": [{"port": 9090, "protocol": "TCP"}]}}, {**ITEM, "metadata": {**ITEM["metadata"], "finalizers": ["other"]}}],
)
def test_one_that_leaves_out_what_it_set_does(item):
    assert gives_up(live(), item, OURS)


@pytest.mark.parametrize("owned", [live(manager="kubectl"), live(operation="Update"), {"metadata": {}}])
def test_one_that_applied_nothing_of_it_is_asked_about(owned):
    assert gives_up(owned, ITEM, OURS)


def test_a_port_whose_protocol_is_left_to_the_api_server_is_asked_about():
    """Rather once too often: which key is left out is the schema's to know."""
    assert gives_up(live(), {**ITEM, "spec": {"replicas": 2, "ports": [{"port": 8080}]}}, OURS)


def test_a_secret_has_in_data_what_was_given_as_text():
    fields = {"f:data": {"f:password": {}}}
    assert not gives_up(live(fields), {"stringData": {"password": "x"}}, OURS)
    assert gives_up(live(fields), {"stringData": {"user": "x"}}, OURS)

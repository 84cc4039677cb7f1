"""How changes read."""

import pytest

from deploys.blocks import FIELDS, WIDTH, told
from operations.differ import Change
from operations.documents import differing_leaves, differing_objects


def test_a_field_is_told_with_what_it_is_and_what_is_wanted():
    assert told([Change("version", "1.35", "1.36"), Change("tag team", None, "data")]) == ["version: 1.35 -> 1.36", "tag team: nothing -> data"]


def test_of_a_new_thing_only_what_it_will_be_is_told():
    assert told([Change("chart", None, "airflow 1.22.0"), Change("policy", None, {"a": 1})], new=True) == ["chart: airflow 1.22.0", "policy"]


def test_the_same_change_of_many_objects_is_one_line():
    changes = [Change(f"containers[{name}].image", "a:1", "a:2", f"Deployment/{name}") for name in ("x", "y", "z")]
    assert told(changes) == ["Deployment/x, 2 more containers[*].image: a:1 -> a:2"]


def test_two_fields_of_one_object_are_two_lines():
    changes = [Change(f"env[{name}].value", "1", "2", "Deployment/x") for name in "AB"]
    assert told(changes) == ["Deployment/x env[A].value: 1 -> 2", "Deployment/x env[B].value: 1 -> 2"]


def test_of_a_text_the_lines_that_differ_are_told():
    assert told([Change("data.cfg", "a = 1\nb = 2\n", "a = 1\nb = 3\n", "ConfigMap/x")]) == ["ConfigMap/x data.cfg:", "    - b = 2", "    + b = 3"]


LONG = "x" * 300
DIGEST = "sha256:" + "0123456789abcdef" * 3


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (f"{LONG}1{LONG}", f"{LONG}2{LONG}"),
        (f"{LONG}1{LONG}\nsame", f"{LONG}2{LONG}\nsame"),
        ({"a": f"{LONG}1{LONG}"}, {"a": f"{LONG}2{LONG}"}),
        ([f"{LONG}1{LONG}"], [f"{LONG}2{LONG}"]),
        (f"image@{DIGEST}1", f"image@{DIGEST}2"),
        (f"{LONG}", f"{LONG}{LONG}"),
    ],
    ids=["text", "line", "mapping", "list", "checksum", "length"],
)
def test_two_sides_that_differ_are_never_told_alike(now, wanted):
    *_, line = lines = told([Change("data", now, wanted)])
    sides = [text.strip(" +-") for text in lines[-2:]] if len(lines) > 1 else line.partition(": ")[2].split(" -> ")
    assert len(sides) == 2 and sides[0] != sides[1] and max(map(len, sides)) <= WIDTH + 10


def test_a_document_is_taken_apart():
    wide, narrow = ({"Statement": [{"Sid": "Logs", "Action": action}]} for action in ("s3:*", "s3:GetObject"))
    assert told([Change("inline policy logs", wide, narrow)]) == ["inline policy logs.Statement[Logs].Action: s3:* -> s3:GetObject"]


def test_what_does_not_fit_is_counted():
    lines = told([Change(f"field{number}", number, number + 1) for number in range(FIELDS + 10)])
    assert len(lines) == FIELDS + 1
    assert lines[-1].startswith("and 10 more lines")


def test_a_thing_that_is_gone_is_absent():
    assert told([Change("", "absent", "present", "Service/x"), Change("", "present", "absent", "Service/y")]) == [
        "Service/x: absent -> present",
        "Service/y: present -> absent",
    ]


def test_lists_are_compared_by_the_names_in_them():
    now, wanted = ({"env": [{"name": name, "value": "1"} for name in names]} for names in ("AB", "BC"))
    found = [(change.field, change.now, change.wanted) for change in differing_leaves("x", now, wanted)]
    assert found == [("env[A]", {"name": "A", "value": "1"}, None), ("env[C]", None, {"name": "C", "value": "1"})]


def test_what_is_in_a_secret_is_masked_and_its_labels_are_not():
    now, planned = ({"kind": "Secret", "metadata": {"name": "x", "labels": {"a": text}}, "data": {"password": text}} for text in ("old", "new"))
    assert [str(change) for change in differing_objects("Secret/x", now, planned)] == [
        "Secret/x data.password: *MASKED* -> *MASKED*",
        "Secret/x metadata.labels.a: old -> new",
    ]

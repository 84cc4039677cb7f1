"""The page about a run: what is on it, and that nothing in it is taken for HTML."""

import json
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from page_world import CALLER, ZONES, Host, begun, planned, verified
from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import ctx_host

from deploys import record
from deploys.health import checks
from deploys.page import page, states
from deploys.platform import parts, platform

BREAKING = """<script>alert(1)</script><b a='"&lt;"""


class Tags(HTMLParser):
    """The tags of a page with the names of their attributes, and its text."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.said = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, *(name for name, _ in attributes)))

    def handle_data(self, data):
        self.said += f" {data}"


def text_of(*records) -> str:
    return " ".join(Tags(page({f"@eks/{number}": record for number, record in enumerate(records)})).said.split())


def everywhere(value, more: str):
    """A record with something after each of its texts."""
    if isinstance(value, dict):
        return {key: everywhere(item, more) for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, more) for item in value]
    return value + more if isinstance(value, str) else value


def test_a_verification_shows_who_where_what_works_what_does_not_and_what_differs():
    said = text_of(verified("Deployment airflow-dag-processor", drift=2))
    assert all(word in said for word in (CALLER, "123456789012", "us-west-2", *ZONES, "✗ 3 problems"))
    assert "✗ Deployment airflow-dag-processor absent present run the install again" in said
    assert "✓ EKS cluster airflow-dev ACTIVE" in said and "helm.release airflow 1.22.0" in said
    assert "retentionInDays: 90 -> 30" in said and "aws logs put-retention-policy" in said


def test_every_part_every_check_and_every_step_is_on_it():
    found = verified(drift=5)
    said = text_of(found)
    assert all(name in said for name in parts())
    assert all(check["what"] in said for check in found["checks"])
    assert all(f"{step['kind']} {step['thing']}" in said for step in found["steps"]) and len(found["steps"]) == 5


def test_the_parts_of_checks_are_those_of_the_platform():
    import health_world

    world = health_world.World({}, {})
    world.connector = None
    wanted = health_world.settings(enable_airflow_spark_example=True, enable_spark_history_server=True)
    with ctx_host.use(world):
        assert {check.part for check in checks(wanted, platform(wanted))} <= set(parts())
    assert {want.part for want in platform(wanted)} <= {*parts(), ""}


def test_parts_have_the_colour_of_the_worst_in_them():
    found = {part["part"]: (part["state"], part["phrase"]) for part in states.parts(verified("Deployment x", drift=1))}
    assert found["Airflow"] == ("bad", "3 of 4 checks")
    assert found["cluster"] == ("ok", "1 of 1 checks")
    assert found["Spark"] == ("off", "off")
    assert "drift" in {state for state, _ in found.values()}


def test_a_plan_says_what_would_be_made_and_a_run_what_was():
    plan = planned()
    assert states.verdict(plan) == ("new", plan["summary"])
    assert {part["part"]: part for part in states.parts(plan)}["database"]["state"] == "new"
    plan["steps"][-1]["verb"] = "wait"
    assert {part["state"] for part in states.parts(plan) if part["declared"]} == {"new"}, "what is waited for is being made"
    names = [f"{step['kind']} {step['thing']}" for step in plan["steps"]]
    done = {**plan, "results": dict.fromkeys(names, "create"), "seconds": 1800}
    assert states.verdict(done) == ("ok", f"made {len(names)} in 30m00s")
    failed = {**done, "results": {**dict.fromkeys(names[:-3], "create"), names[-3]: "failed"}}
    assert states.verdict(failed) == ("bad", f"made {len(names) - 3} in 30m00s, 1 failed, 2 not done")


def test_a_removal_shows_what_goes_and_the_data_in_it():
    risk = {"kind": "database", "thing": "airflow-dev", "size": "100 GiB allocated", "fate": "kept as final snapshot", "bytes": 1, "count": 1}
    plan = {**planned("cleanup"), "data_at_risk": [risk]}
    assert {part["part"]: part["state"] for part in states.parts(plan) if part["state"] != "gone"} == {"account": "off"}, "it has nothing by default"
    assert "database airflow-dev 100 GiB allocated kept as final snapshot" in text_of(plan)
    names = [f"{step['kind']} {step['thing']}" for step in plan["steps"]]
    assert {part["state"] for part in states.parts({**plan, "results": dict.fromkeys(names, "remove"), "seconds": 9})} == {"off"}


def test_what_aws_refuses_is_said():
    plan = planned()
    plan["steps"][3]["refusal"] = "VPC airflow-dev has 10.0.0.0/16, not 10.1.0.0/16"
    assert states.verdict(plan) == ("bad", "1 refused, nothing was sent")
    assert "VPC airflow-dev has 10.0.0.0/16" in text_of(plan)


def test_several_deployments_have_a_section_each():
    tags = Tags(page({"a": verified(), "b": planned(deployment="airflow-prod")}))
    assert sum(tag[0] == "section" for tag in tags.tags) == 2
    assert "airflow-prod" in tags.said and any(tag[0] == "nav" for tag in tags.tags)


@pytest.mark.parametrize("found", [verified("Deployment x", drift=3), planned(), planned("cleanup")], ids=["verify", "install", "cleanup"])
def test_nothing_that_is_known_is_taken_for_html(found):
    found = {**found, "unmanaged": ["a stranger"], "left_alone": ["a neighbour"], "quotas": ["L-1"], "problems": ["a problem"]}
    plain, broken = (Tags(page({"@eks/airflow-dev": everywhere(found, more)})) for more in ("x", BREAKING))
    assert broken.tags == plain.tags
    assert broken.said.count("<script>alert(1)</script>") > 100


def test_it_asks_for_nothing_and_runs_nothing():
    written = page({"a": verified(drift=2), "b": planned()})
    tags = Tags(written)
    assert not [tag for tag in tags.tags if tag[0] in ("script", "link", "img", "iframe", "object") or any(name.startswith(("on", "src")) for name in tag[1:])]
    assert "url(" not in written and "@import" not in written
    assert "default-src 'none'" in written


@pytest.fixture
def files(tmp_path):
    return SimpleNamespace(json_file=str(tmp_path / "run.json"), html_file=str(tmp_path / "run.html"))


def test_file_and_page_are_of_the_same_record(files):
    for name in ("@eks/a", "@eks/b"):
        host = Host("verify")
        host.name = name
        with ctx_host.use(host):
            record.keep(files, everywhere(verified(deployment=name[-1] * 2), "\ud800"))
    with open(files.json_file) as told, open(files.html_file, encoding="utf-8") as shown:
        assert list(json.load(told)) == ["@eks/a", "@eks/b"]
        assert Tags(shown.read()).said.count("is as declared and works") >= 2


def test_a_page_that_cannot_be_written_is_one_line():
    host = Host("verify")
    host.name = "@eks/airflow-dev"
    with ctx_host.use(host), pytest.raises(PyinfraError, match="^/nowhere/run.html: .*: give --data html= a file that can be written$"):
        record.keep(SimpleNamespace(json_file=None, html_file="/nowhere/run.html"), verified())


def test_what_stands_in_a_zone_is_known_by_its_want():
    record_, wants = begun("install")
    assert all(any(thing.startswith("ec2.subnet ") for thing in zone["things"]) for zone in record_["zones"])
    assert [zone["zone"] for zone in record_["zones"]] == ZONES and wants

"""The sweep's own arithmetic: what a point is, which are struck where, what survives."""

import argparse
import json

import chain
import pytest
from chain import Chain, Slice
from disturbed import Disturbed
from figures import page
from ledger import Ledger
from points import numbered, point
from sweep import KINDS, Sweep

POINTS = {"install": [f"ec2 CreateSubnet {number}" for number in range(1, 11)], "cleanup": [f"ec2 DeleteSubnet {number}" for number in range(1, 9)]}

OPTIONS = argparse.Namespace(sandboxes=2, time_scale=2400)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger(tmp_path / "sweep.json", resume=False, commit="a1")
    made.content |= {"points": POINTS, "tally": {"install": {}, "cleanup": {}}}
    return made


def call(action, service="ec2", **params):
    return {"service": service, "action": action, "params": params, "held": False}


def subnet(*numbers):
    return [call("CreateSubnet", Name=str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("struck", "name"),
    [
        (call("CreateVpc", TagSpecifications=[{"Tags": [{"Key": "Name", "Value": "airflow-dev"}]}], CidrBlock="10.1.0.0/16"), "ec2 CreateVpc airflow-dev"),
        (call("AttachInternetGateway", InternetGatewayId="igw-0a1b2c3d4e5f60718", VpcId="vpc-0a1b2c3d"), "ec2 AttachInternetGateway igw-* vpc-*"),
        (call("CreateRole", "iam", RoleName="airflow-dev-database", Description="RDS"), "iam CreateRole airflow-dev-database"),
        (call("DeletePodIdentityAssociation", "eks", clusterName="dev", associationId="a-9njjin9gfghecgocd"), "eks DeletePodIdentityAssociation dev a-*"),
        (call("DeleteWorkspace", "amp", workspaceId="ws-5c7d2d3e-0000-4f6c-8f3b-1f2e3d4c5b6a"), "amp DeleteWorkspace ws-*"),
        (call("upgrade", "helm", arguments=["--install", "airflow", "/charts/airflow", "-"], objects=[]), "helm upgrade airflow"),
        (call("apply", "kubectl", arguments=["--server-side", "-f", "-"], objects=["Namespace/airflow"]), "kubectl apply Namespace/airflow"),
    ],
)
def test_a_point_has_the_same_name_in_every_sandbox(struck, name):
    assert point(struck) == name


def test_points_of_one_name_are_counted():
    assert numbered(subnet(1, 2, 1)) == ["ec2 CreateSubnet 1", "ec2 CreateSubnet 2", "ec2 CreateSubnet 1 (2)"]


def sweep(ledger, kinds=KINDS, verbs=("install", "cleanup"), **given):
    return Sweep(ledger, 600, verbs, kinds, **given)


def test_where_each_point_takes_a_run_the_sandboxes_share_them(ledger):
    rounds = sweep(ledger, sandboxes=2, kinds=("killed",)).rounds()
    assert [{verb: (part.first, part.last) for verb, part in parts.items()} for parts in rounds] == [
        {"install": (1, 5), "cleanup": (1, 4)},
        {"install": (6, 10), "cleanup": (5, 8)},
    ]


def test_a_range_of_points_is_cut_to_what_there_is(ledger):
    (only,) = sweep(ledger, kinds=("lost",), first=8, last=9).rounds()
    assert only == {"install": Slice("install", "lost", 8, 9), "cleanup": Slice("cleanup", "lost", 8, 8)}


def test_points_alone_are_others_for_each_kind(ledger):
    rounds = [parts for parts in sweep(ledger, alone=2).rounds() if any(part.alone for part in parts.values())]
    assert len(rounds) == 8
    assert len({part.first for parts in rounds for verb, part in parts.items() if verb == "install"}) > 4


def test_a_sweep_that_is_taken_up_again_leaves_out_what_was_tried(ledger, tmp_path):
    for number in range(1, 11):
        ledger.struck("install", "lost", number, alone=False)
        ledger.survived("install", "lost", number)
    ledger.struck("cleanup", "lost", 1, alone=False)
    ledger.survived("cleanup", "lost", 1)
    ledger.save()
    again = Ledger(tmp_path / "sweep.json", resume=True, commit="a1")
    assert sweep(again, kinds=("lost",)).rounds() == [{"cleanup": Slice("cleanup", "lost", 2, 8)}]
    assert [parts["cleanup"].first for parts in sweep(again, kinds=("lost",)).unmet()] == [2, 3, 4, 5, 6, 7, 8]


@pytest.fixture
def gone(ledger, monkeypatch):
    """A chain over points 1 to 4 whose runs are given."""

    def go(*runs, twice=(), kind="killed"):
        left = list(runs)

        class Given:
            def __init__(self, *arguments): ...
            def end(self): ...
            def run(self, verb):
                return left.pop(0)

        monkeypatch.setattr(chain, "Disturbance", Given)
        monkeypatch.setattr(chain, "twice", lambda box: list(twice))
        done = Chain(None, Slice("install", kind, 1, 4), ledger).go()
        return done, {int(number): row["survived"] for number, row in ledger.rows("install", kind).items()}

    return go


def test_points_survive_when_the_next_run_gets_past_them(gone, ledger):
    killed = [Disturbed(None, "", 1, subnet(number)) for number in (1, 2, 3)]
    assert gone(*killed, Disturbed(0, "", 1, subnet(4))) == (True, {1: True, 2: True, 3: True, 4: True})
    assert ledger["failures"] == [] and ledger["chains"][0]["runs"] == 4


def test_a_run_that_fails_by_itself_tells_against_the_point_before(gone, ledger):
    runs = [Disturbed(None, "", 1, subnet(1)), Disturbed(None, "", 1, subnet(2)), Disturbed(1, "no such VPC", 1), Disturbed(0, "", 1, subnet(3, 4))]
    assert gone(*runs) == (True, {1: True, 2: False, 3: True, 4: True})
    assert ledger["failures"][0]["point"] == "2 ec2 CreateSubnet 2" and "no such VPC" in ledger["failures"][0]["lines"]


def test_what_is_there_twice_tells_against_the_point_before(gone, ledger):
    done, survived = gone(Disturbed(None, "", 1, subnet(1)), Disturbed(0, "", 1), twice=["2 of vpc airflow-dev"])
    assert done and survived == {1: False} and ledger["failures"][0]["lines"] == ["2 of vpc airflow-dev"]


def coped(ledger, kind):
    return {int(number): row["coped"] for number, row in ledger.rows("install", kind).items() if "coped" in row}


@pytest.mark.parametrize("kind", ["throttled", "error", "lost"])
def test_points_are_coped_with_when_the_run_they_were_struck_in_ends_well(gone, ledger, kind):
    assert gone(Disturbed(0, "", 1, subnet(1, 2, 3, 4)), kind=kind) == (True, {1: True, 2: True, 3: True, 4: True})
    assert coped(ledger, kind) == {1: True, 2: True, 3: True, 4: True} and ledger["failures"] == []


@pytest.mark.parametrize("kind", ["throttled", "error", "lost"])
def test_what_only_the_next_run_gets_past_is_a_failure(gone, ledger, kind):
    assert gone(Disturbed(1, "no such VPC", 1, subnet(1, 2)), Disturbed(0, "", 1, subnet(3, 4)), kind=kind) == (True, dict.fromkeys(range(1, 5), True))
    assert coped(ledger, kind) == {1: False, 2: False, 3: True, 4: True}
    (failure,) = ledger["failures"]
    assert failure["point"].startswith("1 to 2: ") and failure["lines"][0] == "no such VPC"
    assert f"| install | {kind} | 10 | 4 | 2 | 2 | 2 | 0 | 0 |" in page(ledger, OPTIONS)
    assert f"- install, {kind}, 1 to 2: the run they were struck in did not cope: no such VPC" in page(ledger, OPTIONS)


def test_what_is_killed_is_resumed(gone, ledger):
    gone(*[Disturbed(None, "", 1, subnet(number)) for number in (1, 2, 3)], Disturbed(0, "", 1, subnet(4)))
    assert coped(ledger, "killed") == {} and ledger["failures"] == []
    assert "| install | killed | 10 | 4 | 4 | 0 | 4 | 0 | 0 |" in page(ledger, OPTIONS)


def test_one_that_was_once_not_coped_with_is_not_by_another_run(ledger):
    ledger.struck("install", "lost", 1, alone=False)
    ledger.ended("install", "lost", [1], False, ["no"])
    ledger.ended("install", "lost", [1], True, [])
    assert coped(ledger, "lost") == {1: False}


def test_a_chain_that_gets_nowhere_is_given_up(gone):
    assert gone(Disturbed(None, "", 1, subnet(1)), Disturbed(1, "", 1), Disturbed(1, "", 1)) == (False, {1: False})


def test_the_page_has_the_figures_and_what_failed(ledger):
    for number in (1, 2):
        ledger.struck("install", "lost", number, alone=False)
        ledger.survived("install", "lost", number)
    ledger.ended("install", "lost", [1, 2], True, [])
    ledger.struck("install", "lost", 2, alone=True)
    ledger.chained("install", "lost", False, 3, 100)
    assert "| install | lost | 10 | 2 | 3 | 2 | 0 | 1 | 2 |" in page(ledger, OPTIONS)
    assert "Every point that was struck was coped with" in page(ledger, OPTIONS)
    ledger.failed("install", "lost", [2], ["2 of ec2 vpc, not 1"])
    assert "| install | lost | 10 | 2 | 3 | 1 | 0 | 1 | 2 |" in page(ledger, OPTIONS)
    assert "- install, lost, 2 ec2 CreateSubnet 2: 2 of ec2 vpc, not 1" in page(ledger, OPTIONS)
    json.loads(ledger.path.read_text())


def test_a_point_whose_fate_was_not_seen_is_struck_again(ledger):
    for number in (1, 2, 3):
        ledger.struck("install", "killed", number, alone=False)
    ledger.survived("install", "killed", 1)
    ledger.failed("install", "killed", [2], ["twice"])
    again = Ledger(ledger.path, resume=True, commit="a1")
    assert [number for number in (1, 2, 3) if again.tried("install", "killed", number, alone=False)] == [1, 2]


def test_on_another_commit_the_points_are_counted_anew_and_what_was_tried_of_them_stays(ledger):
    for number in (1, 2, 3):
        ledger.struck("install", "lost", number, alone=False)
        ledger.survived("install", "lost", number)
    ledger.save()
    again = Ledger(ledger.path, resume=True, commit="b2")
    assert again["tally"] == {}
    again.count("install", ["ec2 CreateSubnet 2", "ec2 CreateVpc new", "ec2 CreateSubnet 3"], {})
    assert [again.tried("install", "lost", number, alone=False) for number in (1, 2, 3)] == [True, False, True]
    again.struck("install", "lost", 2, alone=False)
    assert "commits a1 (2 strikes), b2 (1 strikes), " in page(again, OPTIONS)


def test_what_failed_is_struck_again_where_it_is_wanted(ledger):
    for number in (1, 2, 3, 4):
        ledger.struck("install", "lost", number, alone=False)
        ledger.survived("install", "lost", number)
    ledger.failed("install", "lost", [2], ["twice"])
    ledger.ended("install", "lost", [3], False, ["no"])
    ledger.failed("cleanup", "lost", [3, 4], ["one VPC left"])
    kept = Ledger(ledger.path, resume=True, commit="a1")
    assert len(kept["failures"]) == 3 and len(kept.rows("install", "lost")) == 4
    again = Ledger(ledger.path, resume=True, commit="a1", again=True)
    assert again["failures"] == [] and sorted(again.rows("install", "lost")) == ["1", "4"]
    (parts,) = sweep(again, kinds=("lost",), verbs=("install",), first=1, last=4).rounds()
    assert parts == {"install": Slice("install", "lost", 2, 3)}


@pytest.mark.parametrize(("first", "last", "times"), [(1, 10, 0), (8, 10, 0), (2, 4, 3), (3, 3, 1)])
def test_what_comes_in_between_leaves_no_point_out(ledger, monkeypatch, first, last, times):
    given = []

    class Given:
        def __init__(self, box, faults, wanted):
            given.extend(faults)

        def end(self): ...
        def run(self, verb):
            return Disturbed(0, "", 1)

    monkeypatch.setattr(chain, "Disturbance", Given)
    Chain(None, Slice("install", "lost", first, last), ledger).go()
    assert [fault["times"] for fault in given] == [times]

"""The figures: medians, polls, fleets, tables."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks import __main__ as command
from benchmarks.account import ROOT, Run
from benchmarks.calls import Calls
from benchmarks.fleet import compared
from benchmarks.growth import multiplied
from benchmarks.kubernetes import foreground
from benchmarks.process import Measured, RunFailed
from benchmarks.results import repeated, summary
from benchmarks.tables import table


def call(service, action, write=False, **params):
    return {"service": service, "action": action, "write": write, "params": params}


def ran(seconds, calls=()):
    return Run(Measured(seconds, seconds / 2, 100 + seconds), Calls(list(calls)))


def test_a_row_has_medians_and_the_last_runs_calls():
    last = [call("ec2", "DescribeVpcs"), call("ec2", "CreateVpc", True), call("iam", "GetRole")]
    row = summary([ran(9), ran(2), ran(4, last)])
    assert (row["seconds"], row["fastest"], row["slowest"], row["runs"]) == (4, 2, 9, 3)
    assert (row["cpu_seconds"], row["peak_mib"]) == (2, 104)
    assert (row["calls"], row["writes"], row["services"]) == (3, 1, {"ec2": 2, "iam": 1})


@pytest.mark.parametrize(("seconds", "runs"), [(59, 5), (61, 1)])
def test_what_takes_under_a_minute_is_run_again(seconds, runs):
    assert len(repeated(lambda: ran(seconds), 5)) == runs


def test_polls_are_reads_of_waits_that_come_again():
    asked = call("eks", "DescribeCluster", name="a")
    assert Calls([asked, asked, asked]).polls == 2
    assert Calls([asked, call("eks", "DescribeCluster", name="b")]).polls == 0
    assert Calls([asked, call("eks", "CreateAddon", True), asked]).polls == 0, "a write in between: something else is looked for"
    assert Calls([asked, call("iam", "CreateRole", True), asked]).polls == 1
    assert Calls([call("iam", "GetRole", RoleName="a")] * 2).polls == 0, "nothing waits for a role"


def test_a_fleet_is_compared_with_the_smallest():
    rows = [{"deployments": 1, "seconds": 100.0, "peak_mib": 150.0}, {"deployments": 5, "seconds": 125.0, "peak_mib": 350.0}]
    assert [(row["ratio"], row["growth_mib"]) for row in compared(rows)] == [(1, 0), (1.25, 50)]
    assert compared([]) == []


def test_manifests_are_multiplied_under_numbered_names():
    documents = [{"kind": "Namespace", "metadata": {"name": "team"}}, {"kind": "Role", "metadata": {"name": "driver", "namespace": "team"}}]
    named = [(one["kind"], one["metadata"]["name"], one["metadata"].get("namespace")) for one in multiplied(documents, "team", (), 3)]
    assert named[2:] == [("Namespace", "team-2", None), ("Role", "driver", "team-2"), ("Namespace", "team-3", None), ("Role", "driver", "team-3")]
    assert multiplied(documents, "team", (), 1) == documents
    assert len(multiplied(documents, "team", ("Role",), 3)) == 4


METRICS = """# TYPE apiserver_request_total counter
apiserver_request_total{code="200",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="LIST",version="v1"} 3
apiserver_request_total{code="200",dry_run="All",group="apps",resource="deployments",scope="resource",subresource="",verb="APPLY",version="v1"} 1e+01
apiserver_request_total{code="0",dry_run="",group="",resource="pods",scope="cluster",subresource="",verb="WATCH",version="v1"} 100
apiserver_request_total{code="200",dry_run="",group="coordination.k8s.io",resource="leases",scope="resource",subresource="",verb="PUT",version="v1"} 100
apiserver_request_total{code="200",dry_run="",group="",resource="",scope="",subresource="/metrics",verb="GET",version=""} 100
"""


def test_requests_that_go_on_without_anybody_do_not_count():
    assert foreground(METRICS) == 13


def test_numbers_stand_to_the_right():
    assert table(["run", "s"], [["install", 123.456], ["verify", 4.5]]) == "| run     |    s |\n| ------- | ---: |\n| install |  123 |\n| verify  | 4.50 |\n"


MEASURE = """
import os, sys, pathlib
from benchmarks.process import measure
found = measure([sys.executable, "-c", sys.argv[1]], pathlib.Path.cwd(), dict(os.environ), pathlib.Path(sys.argv[2]))
print(found.seconds, found.cpu_seconds, found.peak_mib)
"""


def measured(program, output):
    """In a process of its own: here gevent, as pyinfra has it underneath, reaps what is started."""
    return subprocess.run([sys.executable, "-c", MEASURE, program, output], cwd=ROOT, capture_output=True, text=True)


def test_a_process_is_measured(tmp_path):
    program = "import time; kept = bytearray(64 * 2**20); sum(range(2_000_000)); time.sleep(0.3)"
    seconds, cpu_seconds, peak = map(float, measured(program, tmp_path / "output").stdout.split())
    assert seconds >= 0.3 and 0.01 < cpu_seconds < seconds and 64 <= peak < 128


def test_a_run_that_fails_is_no_measurement(tmp_path):
    answer = measured("print('no such thing'); raise SystemExit(3)", tmp_path / "output")
    assert answer.returncode and answer.stderr.endswith("ended with 3:\nno such thing\n")


def test_a_benchmark_that_fails_says_so_in_one_line(monkeypatch, capsys):
    def fails(options):
        raise RunFailed("install ended with 1")

    monkeypatch.setitem(command.BENCHMARKS, "makespan", SimpleNamespace(TITLE="", run=fails))
    assert command.main(["makespan"]) == 1
    assert capsys.readouterr().err == "benchmarks: install ended with 1\n"


@pytest.mark.parametrize(
    "words", [["makespan", "--time-scale", "0"], ["nochange", "--runs", "x"], ["fleet", "--deployments", "-1"], ["nochange", "--latency", "nan"]]
)
def test_figures_that_make_no_sense_are_refused(words, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2 and words[1] in capsys.readouterr().err

"""What a person sees of a run: what changes, waits or fails; how far it is; what came of it."""

import io
import logging
import time
from types import SimpleNamespace

import pytest
from rich.console import Console

from connectors.output import lines, quiet
from connectors.output.display import Display
from connectors.output.lines import Lines
from connectors.output.progress import Deployment
from connectors.output.summary import summary


class Host:
    def __init__(self, name="@eks/airflow-dev"):
        self.name, self.said = name, []

    def log(self, line):
        self.said.append(line)

    def log_styled(self, line, fg=None):
        self.said.append(line)


class Expected:
    def __init__(self, *names, seconds=0):
        self.names, self.total, self.seconds = names, len(names), seconds

    def expects(self, name):
        return name in self.names

    def verb(self, name, commands):
        return commands[0]

    def left(self, deployment):
        return self.seconds


@pytest.fixture
def deployment():
    return Deployment(Host())


def ran(deployment, *results, shown_by=None):
    for name, verb in results:
        deployment.begin(name).commands += [] if verb in ("unchanged", "failed") else [verb]
        result = deployment.finish(failed=verb == "failed")
        if shown_by:
            shown_by.finished(deployment, result)
    return deployment.host.said


def test_what_is_as_declared_gets_no_line_and_what_changes_gets_one(deployment):
    deployment.expectation = Expected("ec2.vpc airflow-dev", "iam.role gone")
    said = ran(deployment, ("ec2.vpc airflow-dev", "create"), ("ec2.subnet a", "unchanged"), ("iam.role gone", "remove"), shown_by=Lines())
    assert said == ["+ ec2.vpc airflow-dev", "- iam.role gone"]


def test_many_changes_share_a_line_now_and_then(deployment, monkeypatch):
    monkeypatch.setattr(lines, "FIRST", 0)
    deployment.expectation = Expected(*(f"ec2.subnet {number}" for number in range(30)), seconds=1500)
    shown = Lines()
    said = ran(deployment, *((f"ec2.subnet {number}", "create") for number in range(12)), ("ec2.vpc airflow-dev", "create"), shown_by=shown)
    assert said == []
    deployment.begin("eks.cluster_active airflow-dev").waiting = "eks cluster airflow-dev: CREATING, 1m40s"
    shown.refresh([deployment])
    assert said == ["0s, 12 of 30 done, about 25m left; + 12 ec2.subnet, 1 ec2.vpc; eks cluster airflow-dev: CREATING, 1m40s"]


def test_a_failure_gets_its_line_among_many(deployment):
    deployment.expectation = Expected(*map(str, range(30)))
    assert ran(deployment, ("eks.nodegroup core", "failed"), shown_by=Lines()) == ["! eks.nodegroup core failed"]


def test_the_pauses_between_two_lines_grow(deployment, monkeypatch):
    deployment.expectation = Expected(*map(str, range(30)))
    shown, clock = Lines(), [1000.0]
    for module in ("connectors.output.progress.time", "connectors.output.lines.duration"):
        monkeypatch.setattr(module, SimpleNamespace(monotonic=lambda: clock[0]) if module.endswith("time") else lambda seconds: f"{seconds:.0f}s")
    deployment.begin("eks.cluster_active airflow-dev")
    told = []
    for _ in range(3000):
        clock[0] += 1
        before = len(deployment.host.said)
        shown.refresh([deployment])
        told += [clock[0] - 1000] if len(deployment.host.said) > before else []
    pauses = [later - earlier for earlier, later in zip(told, told[1:], strict=False)]
    assert told[0] == 10 and pauses == sorted(pauses) and max(pauses) == 120


def test_a_terminal_shows_a_bar_what_is_waited_for_and_the_time_left(deployment):
    deployment.expectation = Expected("eks.cluster airflow-dev", "eks.cluster_active airflow-dev", seconds=490)
    ran(deployment, ("eks.cluster airflow-dev", "create"))
    deployment.begin("eks.cluster_active airflow-dev").waiting = "eks cluster airflow-dev: CREATING, 1m40s"
    terminal = io.StringIO()
    shown = Display(Console(file=terminal, force_terminal=True, width=120))
    shown.start()
    shown.refresh([deployment])
    shown.stop()
    text = quiet.STYLE.sub("", terminal.getvalue())
    assert "1 of 2 done, about 8m left" in text and "eks cluster airflow-dev: CREATING, 1m40s" in text and "━" in text


def test_the_end_says_what_was_done_and_what_was_slow(deployment):
    deployment.expectation = Expected("a x", "b x")
    ran(deployment, ("ec2.vpc airflow-dev", "create"), ("ec2.subnet a", "unchanged"), ("iam.role r", "change"))
    assert summary(deployment) == ["made 1, changed 1 in 0s; 1 as declared"]
    deployment.results[0] = type(deployment.results[0])("ec2.vpc airflow-dev", "create", time.monotonic() - 75, time.monotonic())
    assert summary(deployment)[1] == "slowest: ec2.vpc airflow-dev 1m15s"


def test_a_run_that_had_nothing_to_do_is_told_by_its_plan(deployment):
    ran(deployment, ("ec2.vpc airflow-dev", "unchanged"))
    assert summary(deployment) == []


def test_an_interrupted_run_says_where_it_was_and_what_to_type(deployment):
    deployment.expectation = Expected("ec2.vpc airflow-dev")
    ran(deployment, ("ec2.vpc airflow-dev", "create"))
    deployment.begin("eks.cluster_active airflow-dev")
    (line,) = summary(deployment)
    assert line.startswith("stopped after 0s in eks.cluster_active airflow-dev: made 1.") and line.endswith("run the same command again to go on")


def test_a_failed_run_names_what_failed(deployment):
    ran(deployment, ("ec2.vpc airflow-dev", "create"), ("eks.nodegroup core", "failed"))
    assert summary(deployment) == ["failed after 0s: changed 1; failed: eks.nodegroup core. Run the same command again to go on"]


@pytest.mark.parametrize(
    ("level", "line", "told"),
    [
        (logging.INFO, "--> Starting operation: ec2.vpc airflow-dev", False),
        (logging.INFO, "    Loading: deploys/install.py", False),
        (logging.INFO, "[\x1b[1m@eks/airflow-dev\x1b[0m] \x1b[36mNo changes\x1b[0m", False),
        (logging.INFO, "[@eks/airflow-dev] Success", False),
        (logging.INFO, "[@eks/airflow-dev] eks cluster airflow-dev: CREATING, 15s", True),
        (logging.INFO, "[@eks/airflow-dev] Success is what it says", True),
        (logging.WARNING, "--> pyinfra error: No hosts remaining!", True),
        (logging.ERROR, "[@eks/airflow-dev] Success", True),
    ],
)
def test_only_what_pyinfra_says_of_its_own_work_is_left_out(level, line, told):
    assert bool(quiet._told(logging.LogRecord("pyinfra", level, "", 0, line, (), None))) is told


def test_pyinfra_has_the_names_that_are_replaced():
    quiet.replaceable.cache_clear()
    assert quiet.replaceable()


def test_a_pyinfra_without_them_keeps_its_own_output_and_a_line_says_so(monkeypatch, caplog):
    monkeypatch.setattr(quiet, "REPLACED", ("print_meta", "print_something_else"))
    quiet.replaceable.cache_clear()
    told = []
    monkeypatch.setattr(quiet.logger, "warning", told.append)
    assert not quiet.replaceable()
    quiet.replaceable.cache_clear()
    assert len(told) == 1 and "print_something_else" in told[0] and "its own output is shown" in told[0]

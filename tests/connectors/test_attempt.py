"""What belongs together is put back together, and running tasks end by themselves."""

import json
from types import SimpleNamespace

import pytest

from connectors.commands.attempt import Attempt
from connectors.commands.command import Kubectl
from connectors.commands.execution import failed, succeeded
from connectors.kubernetes.api_server import KubernetesFailure
from connectors.kubernetes.drain import Drained

STOP, TAKE, START = Kubectl("scale", "--replicas=0"), Kubectl("snapshot"), Kubectl("scale", "--replicas=2")


class Connector:
    """Carries out commands; those that are named fail."""

    def __init__(self, *fail):
        self.fail, self.ran = fail, []

    def run_shell_command(self, command):
        self.ran.append(command)
        return failed("helm: noise", "it is full") if command in self.fail else succeeded("")


def attempt(*fail):
    connector = Connector(*fail)
    done, said = Attempt(STOP, TAKE, back=[START], told="it runs again").carry_out(connector)
    return done, said.stderr_lines, connector.ran


def test_what_works_is_not_put_back():
    assert attempt() == (True, [], [STOP, TAKE])


def test_what_fails_puts_back_what_was_done_before():
    assert attempt(TAKE) == (False, ["helm: noise", "it is full; it runs again"], [STOP, TAKE, START])


def test_what_cannot_be_put_back_is_told():
    done, lines, _ = attempt(TAKE, START)
    assert not done and lines[-1] == "it is full; and what was begun could not be put back: run the install"


def pod(name, phase):
    return {"metadata": {"name": name}, "status": {"phase": phase}}


def connected(*answers, pace=1, lines=()):
    answers = list(answers)
    aws = SimpleNamespace(cache=SimpleNamespace(written=lambda effect: None), shown=lambda line: True, log=lines)
    kubernetes = SimpleNamespace(read=lambda read: json.dumps(answers.pop(0) if len(answers) > 1 else answers[0]))
    return SimpleNamespace(aws=aws, kubernetes=kubernetes, pace=lambda: pace)


def test_tasks_that_ended_are_not_waited_for(monkeypatch):
    monkeypatch.setattr("connectors.kubernetes.drain.time.sleep", lambda seconds: None)
    connector = connected([pod("a", "Running"), pod("b", "Failed")], [pod("a", "Succeeded"), pod("b", "Failed")])
    assert Drained("airflow", "kubernetes_executor=True", 60).carry_out(connector)[0]


def test_tasks_that_go_on_are_named_at_the_end_of_their_time():
    connector = connected([pod(name, "Running") for name in ("a", "b", "c", "d")], pace=10**9)
    with pytest.raises(KubernetesFailure, match=r"4 run: a, b, c, \.\.\. after 0m00s|4 run: a, b, c, \.\.\. after 0s"):
        Drained("airflow", "kubernetes_executor=True", 60).carry_out(connector)

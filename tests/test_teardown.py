"""What cleanup does when a step fails: what does not depend on it goes on, and what is left is told."""

from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import FactError, PyinfraError
from pyinfra.context import ctx_host

from connectors.kubernetes.api_server import KubernetesFailure
from deploys.platform import platform
from deploys.teardown import HELD, HOLDERS, SWEEPS, Removal, give_up_cluster, order
from settings import Settings

SETTINGS = Settings.of({"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]})


class Step:
    """A want of a kind that is declared and, later, carried out as the test says."""

    def __init__(self, kind, fails="", still=True):
        self.kind, self.fails, self.still = kind, fails, still

    def declare(self, _ignore_errors, _if):
        assert _ignore_errors
        self.condition = _if
        self.meta = SimpleNamespace(done=False, stderr_lines=[self.fails] if self.fails else [], did_error=lambda: bool(self.fails))
        self.meta.is_complete = lambda: self.meta.done
        return self.meta

    def carry_out(self):
        self.ran = self.condition is None or self.condition()
        self.fails = self.fails if self.ran else ""
        self.meta.done = True

    def commands(self):
        if self.still == "unreadable":
            raise FactError("cannot be read")
        return ["delete"] if self.still else []

    def __str__(self):
        return self.kind


def carried_out(*steps):
    cache = SimpleNamespace(written=lambda effect: None)
    host = SimpleNamespace(connector=SimpleNamespace(aws=SimpleNamespace(cache=cache)))
    with ctx_host.use(host):
        removal = Removal(SETTINGS, steps)
        for step in steps:
            step.carry_out()
    return removal, [step.kind for step in steps if step.ran]


def test_what_is_in_the_way_is_named_after_what_is_left(monkeypatch):
    monkeypatch.setattr("deploys.teardown.in_the_way", lambda deployment, region, said: [f"in the way of {deployment} in {region}: {len(said)}"])
    removal, _ = carried_out(Step("ec2.vpc", "DependencyViolation"))
    assert removal.left() == ["left: ec2.vpc: DependencyViolation", "in the way of airflow-dev in us-west-2: 1"]


def test_what_does_not_depend_on_a_failed_step_goes_on():
    ingress, roles, bucket = Step("k8s.bundle", "it hangs", still=False), Step("iam.role", still=False), Step("s3.bucket", still=False)
    removal, ran = carried_out(ingress, roles, bucket)
    assert ran == ["k8s.bundle", "iam.role", "s3.bucket"]
    assert removal.left() == [], "what hung has gone with the cluster"


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_nodes_and_control_plane_stand_on_stays_while_they_do(holder):
    steps = [Step(holder, "aws: in use"), Step("ec2.nat_gateway"), Step("s3.bucket", still=False)]
    removal, ran = carried_out(*steps)
    assert ran == [holder, "s3.bucket"]
    assert removal.left() == [f"left: {holder}: aws: in use", "left: ec2.nat_gateway: what stands on it is still there"]


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("held", HELD)
def test_what_they_stood_on_goes_once_they_are_gone_though_a_step_failed(holder, held):
    removal, ran = carried_out(Step(holder, "aws: the answer was lost", still=False), Step(held, still=False))
    assert ran == [holder, held]
    assert removal.left() == []


def test_a_holder_that_goes_late_frees_what_comes_after():
    nodes = Step("eks.nodegroup", "aws: still DELETING after 30m00s", still=True)

    class Late(Step):
        def carry_out(self):
            nodes.still = False
            super().carry_out()

    _, ran = carried_out(nodes, Step("ec2.nat_gateway"), Late("s3.bucket", still=False), Step("iam.role", still=False))
    assert ran == ["eks.nodegroup", "s3.bucket", "iam.role"]


def test_a_holder_that_cannot_be_looked_at_counts_as_there():
    _, ran = carried_out(Step("eks.nodegroup", "unreachable", still="unreadable"), Step("ec2.nat_gateway"))
    assert ran == ["eks.nodegroup"]


def test_what_cannot_be_looked_at_any_more_may_be_left():
    removal, _ = carried_out(Step("k8s.bundle", "unreachable", still="unreadable"))
    assert removal.left() == ["left, perhaps: k8s.bundle: cannot be read"]


def test_kinds_are_those_of_the_platform():
    kinds = {want.kind for want in platform(SETTINGS)}
    assert {*HOLDERS, *HELD, *SWEEPS, *(sweep for sweeps in SWEEPS.values() for sweep in sweeps)} <= kinds


def test_of_an_unseen_cluster_controllers_leave_nothing_that_is_not_swept_once_more():
    seen, unseen = order(platform(SETTINGS), unseen=False), order(platform(SETTINGS), unseen=True)
    assert len(unseen) == len(seen) + sum(map(len, SWEEPS.values()))
    for home, sweeps in SWEEPS.items():
        gone = [step.kind for step in unseen].index(home)
        assert sorted(step.kind for step in unseen[gone + 1 : gone + 1 + len(sweeps)]) == sorted(sweeps)


def test_a_cluster_in_whose_place_another_answers_stops_cleanup_with_a_line():
    def give_up():
        raise KubernetesFailure("kubernetes airflow-dev: what answers at its endpoint is not the cluster")

    host = SimpleNamespace(name="@eks/airflow-dev", connector=SimpleNamespace(kubernetes=SimpleNamespace(give_up=give_up)))
    with ctx_host.use(host), pytest.raises(PyinfraError, match="@eks/airflow-dev: kubernetes .* is not the cluster; nothing was removed"):
        give_up_cluster(SETTINGS)


@pytest.mark.parametrize(("waited", "said"), [(None, []), (61.0, ["does not answer since 1m01s"])])
def test_a_silent_api_server_is_told(waited, said):
    lines = []
    kubernetes = SimpleNamespace(give_up=lambda: waited)
    host = SimpleNamespace(connector=SimpleNamespace(kubernetes=kubernetes), log_styled=lambda line, fg: lines.append(line))
    with ctx_host.use(host):
        assert give_up_cluster(SETTINGS) is bool(said)
    assert len(lines) == len(said) and all(text in line for text, line in zip(said, lines, strict=True))

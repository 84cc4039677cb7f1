"""helm, kubectl and reads of Kubernetes go on past an API server that is briefly busy or away, and stop at what it refuses."""

import json
import sys

import pytest
from aws_server import one_line
from pyinfra.api.exceptions import FactError

from connectors.commands.command import Helm, Kubectl
from connectors.kubernetes.manifest import Manifest
from connectors.tools import outages, tools
from facts.k8s import Object

PASSING = [
    "Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later",
    "Error from server (InternalError): an error on the server has prevented the request from succeeding",
    "Error from server: etcdserver: request timed out",
    "Error from server: etcdserver: leader changed",
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
    "Error from server (Timeout): the server was unable to return a response in the time allotted, but may still be processing the request",
    "Error from server (Timeout): Timeout: request did not complete within requested timeout - context deadline exceeded",
    "The connection to the server 10.0.0.1:443 was refused - did you specify the right host or port? dial tcp 10.0.0.1:443: connect: connection refused",
    'error: Get "https://abc.eks.amazonaws.com/api": read tcp 10.0.0.2:5012->10.0.0.1:443: read: connection reset by peer',
    "Unable to connect to the server: net/http: TLS handshake timeout",
    "Unable to connect to the server: unexpected EOF",
    "Unable to connect to the server: EOF",
    "Unable to connect to the server: dial tcp 10.0.0.1:443: i/o timeout",
    'Error: Kubernetes cluster unreachable: Get "https://abc/version": dial tcp 10.0.0.1:443: context deadline exceeded',
    "Unable to connect to the server: net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
    'Error: UPGRADE FAILED: unable to build kubernetes objects from new release manifest: error validating "": error validating data: failed to download '
    'openapi: Get "https://127.0.0.1:6443/openapi/v2?timeout=32s": context deadline exceeded',
    'Error: Get "https://127.0.0.1:6443/openapi/v2?timeout=32s": net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'Error: Get "https://127.0.0.1:6443/openapi/v2": stream error: stream ID 5; INTERNAL_ERROR; received from peer',
    "error: http2: client connection lost",
    'Error from server (InternalError): Internal error occurred: failed calling webhook "mservice.elbv2.k8s.aws": failed to call webhook: Post '
    '"https://webhook.kube-system.svc:443/x?timeout=10s": dial tcp 10.1.2.3:9443: connect: connection refused',
    'Error: UPGRADE FAILED: Internal error occurred: failed calling webhook "x": failed to call webhook: no endpoints available for service "webhook"',
    "Error: UPGRADE FAILED: an error on the server has prevented the request from succeeding",
]
STAYING = [
    'Error from server (Forbidden): configmaps is forbidden: User "anna" cannot patch resource "configmaps"',
    "error: You must be logged in to the server (Unauthorized)",
    'The Deployment "airflow" is invalid: spec.selector: Invalid value: field is immutable',
    'Error from server (NotFound): namespaces "airflow" not found',
    "Error from server (Conflict): Apply failed with 1 conflict: conflict with helm",
    "Error from server (AlreadyExists): secrets already exists",
    'Error from server (BadRequest): admission webhook "validate.karpenter.sh" denied the request: no',
    'admission webhook "x" denied the request: connection refused by policy',
    'Error from server (InternalError): an error on the server\nError from server (Forbidden): secrets is forbidden: User "anna" cannot',
    "Error: values don't meet the specifications of the schema(s)",
    'Error: INSTALLATION FAILED: failed to download "airflow" at version "1.22.0"',
    "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
    "error: timed out waiting for the condition on ingresses/airflow",
    "Error: context deadline exceeded",
    "",
]
TOOL = f"""#!{sys.executable}
import json, pathlib, sys
if "version" in sys.argv:
    print('{{"clientVersion": {{"gitVersion": "v1.36.3"}}}}' if "kubectl" in sys.argv[0] else "v4.1.4")
    sys.exit()
said, ran = pathlib.Path("SAID"), pathlib.Path("RAN")
given = sys.stdin.read() if "-" in sys.argv else ""
with ran.open("a") as file:
    print(json.dumps([pathlib.Path(sys.argv[0]).name, *sys.argv[1:], given]), file=file)
errors = json.loads(said.read_text())
if errors:
    said.write_text(json.dumps(errors[1:]))
    sys.exit(errors[0])
"""
CONFIG = {"api_version": "v1", "kind": "ConfigMap", "object": "airflow-config", "namespace": "airflow"}
WANTED = Manifest("x", [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "airflow-config", "namespace": "airflow"}, "data": {"a": "2"}}])


@pytest.fixture
def failing(monkeypatch, tmp_path, cluster, host):
    """Lets helm and kubectl say these things one after the other before they succeed; answers what was run."""
    for tool in ("helm", "kubectl"):
        (tmp_path / tool).write_text(TOOL.replace("SAID", str(tmp_path / "said")).replace("RAN", str(tmp_path / "ran")))
        (tmp_path / tool).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    tools.path.cache_clear()

    def say(*errors):
        (tmp_path / "said").write_text(json.dumps(errors))
        (tmp_path / "ran").write_text("")
        return lambda: [json.loads(line) for line in (tmp_path / "ran").read_text().splitlines()]

    yield say
    tools.path.cache_clear()


@pytest.mark.parametrize("error", PASSING)
def test_what_passes_is_known(error):
    assert outages.passes(error)


@pytest.mark.parametrize("error", STAYING)
def test_what_stays_is_known(error):
    assert not outages.passes(error)


def test_every_row_of_the_table_is_needed():
    said = {reason for reason, text in outages.PASSING.items() for error in PASSING if outages.re.search(text, error)}
    assert said == set(outages.PASSING)


def test_it_takes_about_a_minute(monkeypatch):
    monkeypatch.undo()
    assert len(outages.PAUSES) == 4 and 45 <= sum(outages.PAUSES) <= 75


@pytest.mark.parametrize("tool", [Helm, Kubectl])
def test_a_command_is_run_again_with_what_it_was_given_and_told(run, failing, lines, tool):
    ran = failing(PASSING[0], PASSING[9])
    command = tool("apply", "-f", "-", stdin=[{"kind": "ConfigMap"}])
    assert run(command) == (True, "")
    assert len(ran()) == 3 and len({json.dumps(words) for words in ran()}) == 1 and "kind: ConfigMap" in ran()[0][-1]
    told = [line for line in lines if "tried again in" in line]
    assert len(told) == 2 and told[0].startswith(f"{command.tool}: Error from server (TooManyRequests)") and all(map(one_line, told))


def test_it_is_given_up_with_the_last_line(run, failing):
    ran = failing(*[PASSING[4]] * 20)
    done, line = run(Kubectl("apply", "-f", "-", stdin=[]))
    assert not done and line == f"kubectl: {PASSING[4]}" and len(ran()) == 5


LOGGED = "E1127 22:10:11.123456   12345 round_trippers.go:63] CancelRequest not implemented by *kube.RetryingRoundTripper"


def test_what_a_tool_logs_is_not_shown_beside_what_it_says(run, failing, lines):
    failing(f"{LOGGED}\n{STAYING[5]}\n{LOGGED}")
    assert run(Helm("upgrade", "airflow")) == (False, f"helm: {STAYING[5]}")
    failing(f"{LOGGED}\n{PASSING[10]}")
    assert run(Helm("upgrade", "airflow"))[0] and [line for line in lines if "tried again" in line][0].startswith(f"helm: {PASSING[10]}: ")


def test_it_is_shown_where_a_tool_says_nothing_else(run, failing):
    failing(LOGGED)
    assert run(Helm("upgrade", "airflow")) == (False, f"helm: {LOGGED}")
    assert tools.complaint("helm", f"{LOGGED}\nError: no chart\n{LOGGED}") == "no chart"


@pytest.mark.parametrize("error", STAYING[:6])
def test_what_is_refused_is_not_run_again(run, failing, error):
    ran = failing(error)
    assert not run(Kubectl("apply", "-f", "-", stdin=[]))[0] and len(ran()) == 1


def test_what_a_broken_connection_left_of_a_release_goes_first(run, failing):
    ran = failing(PASSING[10])
    mend = Kubectl("delete", "secret", "--selector", "owner=helm,name=airflow,status in (pending-install)", "--ignore-not-found")
    assert run(Helm("upgrade", "--install", "airflow", mend=mend))[0]
    assert [words[0] for words in ran()] == ["helm", "kubectl", "helm"] and "--selector" in ran()[1]


@pytest.mark.parametrize("trouble", [(429, "too many requests"), (500, "etcdserver: leader changed"), (503, "unable to handle the request"), None])
def test_reads_and_dry_runs_are_asked_again(host, cluster, lines, trouble):
    host.get_fact(Object, **CONFIG)
    host.connector.aws.cache.clear()
    cluster.troubles = [trouble, trouble]
    assert host.get_fact(Object, **CONFIG)["data"] == {"a": "1"}
    server = host.connector.kubernetes._api(host.connector.kubernetes.description)
    cluster.troubles = [trouble, trouble]
    assert server.dry_run({}, WANTED.objects[0])["data"] == {"a": "2"}
    assert trouble is None or any("asked again for" in line for line in lines)


def test_reads_are_given_up_as_well(host, cluster):
    host.get_fact(Object, **CONFIG)
    host.connector.aws.cache.clear()
    cluster.status = 503
    with pytest.raises(FactError, match="503 User cannot get resource"):
        host.get_fact(Object, **CONFIG)


def test_a_webhook_that_does_not_answer_is_not_asked_again(host, cluster):
    server = host.connector.kubernetes._api(host.connector.kubernetes.description)
    assert server.dry_run({}, WANTED.objects[0])["data"] == {"a": "2"}
    cluster.patches.clear()
    cluster.troubles = [(500, 'Internal error occurred: failed calling webhook "x": connection refused')]
    assert server.dry_run({"data": {"a": "1", "b": "1"}}, WANTED.objects[0])["data"] == {"a": "2", "b": "1"}
    assert cluster.patches == []

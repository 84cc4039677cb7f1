"""The kubelet's API behind `kubectl logs`, `exec` and `port-forward`, through the API server and its egress."""

import http.server
import json
import os
import re
import subprocess
import threading
import urllib.request

import pytest
from kubernetes_world import eventually
from node_world import NAMESPACE, World, kubectl, require_namespaces

from connectors.tools.tools import path

SERVE = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8080, bind='127.0.0.1')"


BESIDE = {}


class Told(http.server.BaseHTTPRequestHandler):
    """The one route of AWS that a node without a daemon needs."""

    def do_GET(self):
        self.send_response(200 if self.path == "/sandbox/outside" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(BESIDE).encode())

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    require_namespaces()
    aws = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=aws.serve_forever, daemon=True).start()
    world = World(tmp_path_factory.mktemp("api"), aws.server_port)
    try:
        world.pod("talks", "echo one; echo two >&2; echo three; trap 'exit 0' TERM; while :; do sleep 0.1; done", env=[{"name": "X", "value": "x"}])
        eventually(lambda: world.phase("talks", "Running") and len(world.printed("talks")) == 3)
        yield world
    finally:
        world.stop()
        aws.shutdown()
        aws.server_close()


def test_logs(world):
    said = kubectl(world, "logs", "talks")
    assert sorted(said.stdout.split()) == ["one", "three", "two"], said.stderr
    assert kubectl(world, "logs", "talks", "--tail=1").stdout in ("three\n", "two\n")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z \w+\n", kubectl(world, "logs", "talks", "--timestamps").stdout)
    assert kubectl(world, "logs", "talks", "--since-time=2100-01-01T00:00:00Z").stdout == ""
    assert kubectl(world, "logs", "talks", "--limit-bytes=2").stdout in ("on", "tw", "th")


def test_logs_are_followed_until_the_container_ends(world):
    world.pod("counts", "for i in 1 2 3; do echo $i; sleep 0.7; done", pod={"restartPolicy": "Never"})
    eventually(lambda: world.main("counts").get("state", {}).keys() == {"running"})
    assert kubectl(world, "logs", "-f", "counts").stdout == "1\n2\n3\n"


def test_logs_of_the_run_before_and_of_none(world):
    world.pod("restarts", "test -e /v/x && echo second || { echo first; touch /v/x; exit 1; }; sleep 60",
              pod={"volumes": [{"name": "v", "emptyDir": {}}]}, volumeMounts=[{"name": "v", "mountPath": "/v"}])  # fmt: skip
    eventually(lambda: world.main("restarts").get("restartCount") == 1 and world.printed("restarts", run=1))
    assert kubectl(world, "logs", "restarts").stdout == "second\n" and kubectl(world, "logs", "restarts", "--previous").stdout == "first\n"
    assert 'previous terminated container "main" in pod "talks" not found' in kubectl(world, "logs", "talks", "--previous").stderr


def test_exec_has_the_containers_view_and_gives_its_exit_code(world):
    said = kubectl(world, "exec", "talks", "--", "sh", "-c", "hostname; echo $X; echo oh >&2; exit 3")
    assert (said.stdout, said.returncode) == ("talks\nx\n", 3) and said.stderr.startswith("oh\n") and "exit code 3" in said.stderr
    said = kubectl(world, "exec", "-i", "talks", "--", "sh", "-c", "cat; echo end", input="to stdin\n")
    assert (said.stdout, said.returncode) == ("to stdin\nend\n", 0), said.stderr
    said = kubectl(world, "exec", "talks", "--", "no-such-program")
    assert said.returncode and 'exec: "no-such-program": executable file not found' in said.stderr


def test_exec_carries_much(world):
    said = kubectl(world, "exec", "-i", "talks", "--", "cat", input="0123456789abcdef" * 2**16)
    assert len(said.stdout) == 2**20, said.stderr


def test_port_forward_reaches_what_listens_on_the_pods_loopback(world):
    world.pod("serves", command=["python3", "-c", SERVE])
    world.phase("serves", "Running")
    command = [path("kubectl"), "-n", NAMESPACE, "port-forward", "serves", ":8080"]
    environment = {**os.environ, "KUBECONFIG": str(world.plane.kubeconfig)}
    forwarding = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        port = re.search(r"127.0.0.1:(\d+) -> 8080", forwarding.stdout.readline())[1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def fetch():
            try:
                return opener.open(f"http://127.0.0.1:{port}/usr", timeout=5).status
            except OSError:
                return None

        assert eventually(fetch) == 200 and fetch() == 200
    finally:
        forwarding.kill()
        forwarding.communicate()


def test_the_proxy_of_the_api_server_reaches_pods(world):
    world.pod("answers", command=["python3", "-c", SERVE.replace("127.0.0.1", "0.0.0.0")], ports=[{"containerPort": 8080}])
    world.phase("answers", "Running")
    fetched = lambda: kubectl(world, "get", "--raw", f"/api/v1/namespaces/{NAMESPACE}/pods/answers:8080/proxy/").stdout  # noqa: E731
    assert "Directory listing" in eventually(fetched)


def test_a_published_port_of_loopback_leads_to_a_service(world):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def fetch():
        try:
            return opener.open(f"http://127.0.0.1:{world.published}/", timeout=5).status
        except OSError:
            return None

    assert fetch() is None
    world.create("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]})
    world.pod("web", command=["python3", "-c", SERVE.replace("127.0.0.1", "0.0.0.0")], labels={"app": "web"})
    assert eventually(fetch) == 200


def test_pods_reach_what_is_beside_the_cluster_by_its_name_on_aws(world):
    script = "import urllib.request as u; print(u.urlopen('http://db.eu-west-1.rds.amazonaws.com:5432/sandbox/outside', timeout=9).status)"
    command = ["exec", "talks", "--", "python3", "-c", script]
    assert "Connection refused" in kubectl(world, *command).stderr
    BESIDE["db.eu-west-1.rds.amazonaws.com"] = {"port": 5432, "at": world.aws_port}
    assert eventually(lambda: kubectl(world, *command).stdout) == "200\n"
    BESIDE.clear()
    eventually(lambda: "Connection refused" in kubectl(world, *command).stderr)


def test_a_pod_that_kwok_plays_has_no_logs(world):
    world.pod("played", image="quay.io/no/such:1")
    world.phase("played", "Running")
    assert "the sandbox only plays it" in kubectl(world, "logs", "played").stderr

"""The API server reaches nothing by itself: webhooks, aggregated APIs and kubelets are answered by the sandbox, or by who serves their address."""

import base64
import contextlib
import socket
import threading
import time

import pytest
from kubernetes_world import DEPLOYMENTS, INSTANCES, eventually, remotes, started
from webhooks import CORE, judged, refusing, service, signed, webhook

from sandbox.kubernetes import addons, nodes
from sandbox.kubernetes.api import Api, ApiError
from sandbox.kubernetes.spark_webhook import SparkWebhook

METRICS = "/apis/metrics.k8s.io/v1beta1"


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with started(tmp_path_factory.mktemp("cluster")) as plane:
        nodes.join(plane.kubeconfig, INSTANCES)
        yield plane


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


@pytest.fixture
def authority(plane):
    return base64.b64decode(plane.certificate_authority)


@contextlib.contextmanager
def dialling(plane, dial):
    plane.egress.dialers.append(dial)
    try:
        yield
    finally:
        plane.egress.dialers.remove(dial)


def refusal(call, *arguments):
    with pytest.raises(ApiError) as refused:
        call(*arguments)
    return str(refused.value)


def test_webhook_of_a_played_pod_allows_and_nothing_leaves_this_machine(plane, api, authority):
    service(api, "played")
    seen, ended = set(), threading.Event()

    def look():
        while not ended.wait(0.002):
            seen.update(remotes(plane))

    watching = threading.Thread(target=look)
    watching.start()
    with webhook(api, "played", authority):
        judged(api, "played")
    ended.set()
    watching.join()
    assert seen and not [address for address in seen if not address.startswith("127.")]


def test_webhook_answers_with_the_certificate_of_its_secret(api):
    bundle, key = signed("sealed.default.svc")
    encoded = {"tls.crt": base64.b64encode(bundle).decode(), "tls.key": base64.b64encode(key).decode()}
    api.create(f"{CORE}/secrets", {"metadata": {"name": "sealed-tls"}, "data": encoded})
    service(api, "sealed")
    with webhook(api, "sealed", bundle):
        judged(api, "sealed")


@pytest.mark.parametrize("bundle", [None, signed("elsewhere.default.svc")[0]], ids=["none", "another"])
def test_webhook_whose_bundle_does_not_fit_fails(api, bundle):
    name = f"unfit-{'other' if bundle else 'none'}"
    service(api, name)
    with webhook(api, name, bundle):
        assert "x509: certificate signed by unknown authority" in refusal(judged, api, name)


def test_webhook_without_a_ready_endpoint_fails_as_its_policy_says(api, authority):
    service(api, "absent", ready=False)
    with webhook(api, "absent", authority):
        said = refusal(judged, api, "absent")
    assert 'failed calling webhook "absent.example.com": failed to call webhook: Post "https://absent.default.svc:443/validate' in said
    assert 'no endpoints available for service "absent"' in said
    with webhook(api, "absent", authority, policy="Ignore"):
        judged(api, "absent")


def test_webhook_that_is_a_process_is_reached_at_the_address_of_its_pod(plane, api, tmp_path):
    address = service(api, "real")

    def dial(wanted, port):
        if (wanted, port) != (address, 9443):
            return None
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        return connection

    with refusing(tmp_path, "real") as (path, bundle), dialling(plane, dial), webhook(api, "real", bundle):
        assert 'admission webhook "real.example.com" denied the request: not like this' in refusal(judged, api, "real")


def test_process_that_is_gone_is_told(plane, api, authority):
    service(api, "gone")

    def dial(address, port):
        raise ConnectionRefusedError(f"{address}:{port} refuses")

    with dialling(plane, dial), webhook(api, "gone", authority):
        assert "code 502: 502" in (said := refusal(judged, api, "gone")) and "9443 refuses" in said


def test_webhook_that_says_nothing_is_waited_for_as_long_as_it_wants(plane, api, authority):
    service(api, "silent")
    kept = []

    def dial(address, port):
        here, there = socket.socketpair()
        kept.append(there)
        return here

    with dialling(plane, dial):
        with webhook(api, "silent", authority, timeout=1):
            began = time.monotonic()
            assert "context deadline exceeded" in refusal(judged, api, "silent")
            assert 0.9 < time.monotonic() - began < 5
        with webhook(api, "silent", authority, timeout=1, policy="Ignore"):
            judged(api, "silent")


def test_webhook_with_an_address_outside_is_refused_here(api, authority):
    with webhook(api, "outside", authority, url="https://webhook.example.com/validate"):
        assert "webhook.example.com is not on this machine" in refusal(judged, api, "outside")


def test_webhook_of_the_spark_operator_certifies_itself_once_it_is_ready(plane, api):
    service(api, "spark", ready=False)
    given = {"secret-name": "spark-certs", "secret-namespace": "default", "svc-name": "spark", "svc-namespace": "default"}
    names = ["--mutating-webhook-name=none", "--validating-webhook-name=spark"]
    container = {"name": "webhook", "image": "example.com/spark:1", "args": [*(f"--webhook-{name}={value}" for name, value in given.items()), *names]}
    labels = {"app": "spark", "app.kubernetes.io/name": "spark-operator", "app.kubernetes.io/component": "webhook"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    played = SparkWebhook(plane.kubeconfig)
    with webhook(api, "spark"):
        played.step()
        assert "no endpoints available" in refusal(judged, api, "spark")
        spec = {"selector": {"matchLabels": labels}, "template": template}
        api.create(DEPLOYMENTS, {"metadata": {"name": "spark", "labels": labels}, "spec": spec})
        eventually(lambda: api.get(f"{DEPLOYMENTS}/spark").get("status", {}).get("readyReplicas"))
        assert "x509" in refusal(judged, api, "spark")
        played.step()
        eventually(lambda: admitted(api, "spark"))
        secret = api.get(f"{CORE}/secrets/spark-certs")
        played.step()
        assert api.get(f"{CORE}/secrets/spark-certs") == secret


def admitted(api, name):
    """Whether the API server has heard of the change already."""
    with contextlib.suppress(ApiError):
        judged(api, name)
        return True


def test_metrics_are_none_while_metrics_server_is_played(plane, api):
    addons.install(plane.kubeconfig, "metrics-server", "v0.8.0-eksbuild.1")
    eventually(lambda: available(api))
    assert api.items(f"{METRICS}/nodes") == [] == api.items(f"{METRICS}/namespaces/default/pods")
    assert api.get(f"{METRICS}/nodes/{INSTANCES[0].node}") is None
    api.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "goes"}})
    api.delete("/api/v1/namespaces/goes")
    eventually(lambda: api.get("/api/v1/namespaces/goes") is None)
    addons.remove(plane.kubeconfig, "metrics-server")
    assert api.get("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io") is None


def available(api):
    status = api.get("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io").get("status", {})
    return any(c["type"] == "Available" and c["status"] == "True" for c in status.get("conditions", []))


def test_kubelet_of_a_played_pod_says_that_nothing_runs(api):
    service(api, "idle")
    assert "no container runs in pod default/idle" in refusal(api.request, "GET", f"{CORE}/pods/idle/log")
    assert "no process is behind this address" in refusal(api.request, "GET", f"{CORE}/services/idle:443/proxy/")


def test_kubelet_that_is_a_process_is_reached(plane, api):
    service(api, "running")
    asked = []

    def dial(address, port):
        asked.append((address, port))
        here, there = socket.socketpair()
        there.close()
        return here

    with dialling(plane, dial):
        refusal(api.request, "GET", f"{CORE}/pods/running/log")
    assert asked[0] in [(instance.private_ip, 10250) for instance in INSTANCES]

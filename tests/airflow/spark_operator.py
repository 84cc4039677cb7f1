"""Does to SparkApplications what the Spark operator does, as far as Airflow sees it: a driver pod, and states of both."""

import threading
import time

from sandbox.kubernetes.api import Api

NAMESPACE = "spark-team-a"
APPLICATIONS = f"/apis/sparkoperator.k8s.io/v1beta2/namespaces/{NAMESPACE}/sparkapplications"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
PHASES = {"COMPLETED": "Succeeded", "FAILED": "Failed"}


class SparkOperator(threading.Thread):
    """
    Runs every new application for a few seconds.

    + api: the API server, as its administrator
    """

    def __init__(self, api: Api):
        super().__init__(daemon=True)
        self.api, self.ending = api, "COMPLETED"
        """The state applications end in."""
        self.over = threading.Event()
        self.problem: BaseException | None = None

    def run(self) -> None:
        """Until `stop`."""
        try:
            while not self.over.wait(0.5):
                for application in self.api.items(APPLICATIONS):
                    if not application.get("status"):
                        self._serve(application)
        except BaseException as problem:
            self.problem = problem

    def stop(self) -> None:
        """End, and raise what went wrong meanwhile."""
        self.over.set()
        self.join()
        if self.problem:
            raise self.problem

    def _serve(self, application: dict) -> None:
        name, driver = application["metadata"]["name"], f"{application['metadata']['name']}-driver"
        self._state(name, "SUBMITTED")
        self.api.create(PODS, pod(driver, application))
        self._pod(driver, "Running", {"running": {}})
        self._state(name, "RUNNING")
        time.sleep(3)
        code = 0 if self.ending == "COMPLETED" else 1
        self._pod(driver, PHASES[self.ending], {"terminated": {"exitCode": code, "finishedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}})
        self._state(name, self.ending)

    def _state(self, application: str, state: str) -> None:
        status = {"applicationState": {"state": state}, "driverInfo": {"podName": f"{application}-driver"}}
        self.api.merge(f"{APPLICATIONS}/{application}/status", {"status": status})

    def _pod(self, driver: str, phase: str, state: dict) -> None:
        container = {"name": "spark-kubernetes-driver", "image": "spark", "imageID": "", "ready": False, "restartCount": 0, "state": state}
        self.api.merge(f"{PODS}/{driver}/status", {"status": {"phase": phase, "containerStatuses": [container]}})


def pod(driver: str, application: dict) -> dict:
    """The driver pod of an application, as spark-submit makes it."""
    spec = application["spec"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": driver, "labels": {**spec["driver"].get("labels", {}), "spark-role": "driver"}},
        "spec": {
            "serviceAccountName": spec["driver"]["serviceAccount"],
            "nodeSelector": spec["driver"]["nodeSelector"],
            "tolerations": spec["driver"]["tolerations"],
            "restartPolicy": "Never",
            "containers": [{"name": "spark-kubernetes-driver", "image": spec["image"], "args": ["driver", spec["mainApplicationFile"]]}],
        },
    }

"""The platform on a sandbox with Karpenter's own controller, and pods as Spark makes them."""

import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path

import boto3

import sandbox
from sandbox.home import read_daemon
from sandbox.kubernetes.api import Api
from sandbox.lifecycle import ask

ROOT = Path(__file__).parent.parent.parent
TEAM = "/api/v1/namespaces/spark-team-a/pods"
CLAIMS = "/apis/karpenter.sh/v1/nodeclaims"
POOL = "/apis/karpenter.sh/v1/nodepools/spark-compute-optimized"
KARPENTER = "/apis/apps/v1/namespaces/kube-system/deployments/karpenter"
ALIVE = ("pending", "running")


class Platform:
    def __init__(self):
        self.up = sandbox.running()
        session = boto3.Session(self.up.access_key_id, self.up.secret_access_key, region_name=self.up.region)
        self.ec2 = session.client("ec2", endpoint_url=self.up.endpoint)

    @cached_property
    def api(self) -> Api:
        return Api(Path(ask(read_daemon(), "clusters")[0]["kubeconfig"]))

    def run(self, deploy: str, **data) -> subprocess.CompletedProcess:
        given = [word for key, value in data.items() for word in ("--data", f"{key}={str(value).lower()}")]
        command = [sys.executable, "-m", "pyinfra", "-y", "inventories/sandbox.py", f"deploys/{deploy}.py", *given]
        return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=900)

    def install(self) -> None:
        done = self.run("install", enable_airflow_spark_example=True)
        assert done.returncode == 0, done.stderr[-3000:]

    def instances(self) -> list[dict]:
        """Karpenter's, whatever their state."""
        tagged = [{"Name": "tag-key", "Values": ["karpenter.sh/nodepool"]}]
        found = self.ec2.describe_instances(Filters=tagged)["Reservations"]
        return [instance for reservation in found for instance in reservation["Instances"]]

    def alive(self) -> list[str]:
        return [instance["InstanceId"] for instance in self.instances() if instance["State"]["Name"] in ALIVE]

    def nodes(self) -> list[dict]:
        return self.api.items("/api/v1/nodes", labelSelector="karpenter.sh/nodepool=spark-compute-optimized")

    def start_job(self, name: str) -> None:
        """A driver and two executors, pending."""
        self.api.create(TEAM, pod(f"{name}-driver", "on-demand"))
        for number in (1, 2):
            self.api.create(TEAM, pod(f"{name}-exec-{number}", "spot"))

    def job_runs(self, name: str) -> bool:
        pods = [p for p in self.api.items(TEAM) if p["metadata"]["name"].startswith(name)]
        return len(pods) == 3 and all(p["status"]["phase"] == "Running" for p in pods)

    def end_job(self, name: str) -> None:
        for part in ("driver", "exec-1", "exec-2"):
            self.api.delete(f"{TEAM}/{name}-{part}", {"gracePeriodSeconds": 0})


def pod(name: str, capacity: str) -> dict:
    main = {"name": "spark", "image": "apache/spark", "resources": {"requests": {"cpu": "1", "memory": "1Gi"}}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "nodeSelector": {"NodeGroupType": "SparkComputeOptimized", "karpenter.sh/capacity-type": capacity},
            "tolerations": [{"key": "spark-compute-optimized", "operator": "Exists", "effect": "NoSchedule"}],
            "containers": [main],
        },
    }

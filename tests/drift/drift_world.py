"""A platform on a sandbox of its own, run as a person runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
from botocore.config import Config

from connectors.tools import tools

ROOT = Path(__file__).parent.parent.parent
NAME = "airflow-sandbox"
DEADLINE = 400
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Platform:
    """
    The sandbox's deployment.

    + sandbox: what is running
    + home: its directory
    + settings: what every run is given besides the inventory
    """

    def __init__(self, sandbox, home: Path, settings: dict, inventory: str = "inventories/sandbox.py", root: Path = ROOT):
        self.sandbox, self.home, self.settings, self.inventory, self.root = sandbox, home, settings, inventory, root
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.environment |= {"AIRFLOW_ON_EKS_SANDBOX": str(home), "PYTHONPATH": str(root), "AWS_EC2_METADATA_DISABLED": "true"}

    def run(self, deploy: str, *options: str, **settings) -> tuple[int, list[str]]:
        """The exit code of a run and what it said, a line each."""
        given = [f"--data={key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in {**self.settings, **settings}.items()]
        command = [sys.executable, "-m", "pyinfra", "-y", *given, *options, self.inventory, f"deploys/{deploy}.py"]
        done = subprocess.run(command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=DEADLINE)
        lines = COLOUR.sub("", done.stdout + done.stderr).splitlines()
        return done.returncode, [re.sub(r"^ {4}(\[@[^]]+\] )?", "", line) for line in lines]

    def converge(self) -> None:
        """Install, which has to work."""
        code, lines = self.run("install")
        assert code == 0, "\n".join(lines[-30:])

    def aws(self, service: str):
        """A client of the sandbox's account."""
        keys = {"aws_access_key_id": self.sandbox.access_key_id, "aws_secret_access_key": self.sandbox.secret_access_key}
        return boto3.client(service, region_name=self.sandbox.region, endpoint_url=self.sandbox.endpoint, config=Config(proxies={}), **keys)

    def kubectl(self, *arguments: str) -> str:
        """What an administrator does by hand."""
        return self._tool("kubectl", *arguments)

    def helm(self, *arguments: str) -> str:
        """The same with helm."""
        return self._tool("helm", *arguments)

    def _tool(self, tool: str, *arguments: str) -> str:
        kubeconfig = self.home / "clusters" / self.sandbox.region / NAME / "kubeconfig"
        environment = {**self.environment, "KUBECONFIG": str(kubeconfig), "HELM_CACHE_HOME": str(self.home / "helm")}
        done = subprocess.run([tools.path(tool), *arguments], cwd=self.root, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout


def plan_of(lines: list[str]) -> list[str]:
    """The blocks of a plan and its closing line, without pyinfra's headings and the time the changes would take here."""
    return [re.sub(r", about \w+$", "", line) for line in lines if line and not line.startswith("--> ")]

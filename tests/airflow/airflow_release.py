"""The Airflow release as helm would send it for the sandbox's settings, and how its pods read their configuration."""

import base64
import os
import random
import runpy
import string
import subprocess
from configparser import RawConfigParser

import yaml

from connectors.commands.reference import Digest, Ref, Text
from connectors.kubernetes.manifest import documents, values
from connectors.tools import tools
from deploys.platform import airflow_objects as objects
from deploys.platform.secrets import SECRETS
from settings import Settings
from settings.root import ROOT

HOME = "/opt/airflow"
CHART = "AIRFLOW_CHART"
"""Names upstream's packaged chart, where somebody has it: it takes the place of the sandbox's stand-in."""


def settings(**changed) -> Settings:
    """The settings of inventories/sandbox.py, some of them changed."""
    (address, data), *_ = runpy.run_path(str(ROOT / "inventories/sandbox.py"))["deployments"]
    return Settings.of({"deployment": address.partition("/")[2], **data, **changed}, inventory=ROOT / "inventories")


class Release:
    """
    What a deployment sends for Airflow, with the generated values and the database's address in place of the references.

    + of: its settings
    + host, port: of the database
    """

    def __init__(self, of: Settings, host: str, port: int):
        self.settings, self.port = of, port
        self._known = {("Endpoint.Address", of.deployment): host, ("Endpoint.Port", of.deployment): port}
        self._known |= {("@", of.secret(purpose)): generated(**how) for purpose, how in SECRETS.items()}
        self.secrets = {item["metadata"]["name"]: item["stringData"] for item in self.known(objects.secrets(of))}
        self.samples = objects.samples(of)[0]["data"]
        self.objects = render(self.known(values("airflow", objects.airflow_values(of))))
        self.config = self.objects["ConfigMap/airflow-config"]["data"]["airflow.cfg"]
        self.options = RawConfigParser()
        self.options.read_string(self.config)
        self.database_job = next(item for item in documents("manifests/database-user.yaml") if item["kind"] == "Job")

    def known(self, value):
        """The value with every reference in it replaced."""
        if isinstance(value, dict):
            return {key: self.known(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.known(item) for item in value]
        if isinstance(value, Text):
            return value.template.format(**{key: self.known(part) for key, part in value.parts.items()})
        if isinstance(value, Ref):
            (thing,) = value.arguments.values()
            return self._known[value.path, thing]
        return str(value) if isinstance(value, Digest) else value

    def option(self, section: str, option: str) -> str:
        """An option of airflow.cfg."""
        return self.options[section][option]

    def container(self, workload: str) -> dict:
        """The container of a workload that runs Airflow: ``Deployment/airflow-scheduler``."""
        return self.objects[workload]["spec"]["template"]["spec"]["containers"][0]

    def environment(self, container: dict) -> dict[str, str]:
        """The environment variables of a container, those from Secrets too."""
        return {item["name"]: item["value"] if "value" in item else self._secret(**item["valueFrom"]["secretKeyRef"]) for item in container["env"]}

    def _secret(self, name: str, key: str) -> str:
        return self.secrets[name][key]


def generated(generated: str = "alphanumeric", length: int = 40, **_) -> str:
    """A value as the operation `secrets.secret` makes them."""
    if generated == "fernet":
        return base64.urlsafe_b64encode(random.randbytes(32)).decode()
    return "".join(random.choices(string.ascii_letters + string.digits, k=length))


def render(wanted: dict) -> dict[str, dict]:
    """The objects of the chart, by kind and name."""
    chart = os.environ.get(CHART) or str(ROOT / "sandbox/charts/airflow")
    command = [tools.path("helm"), "template", "airflow", chart, "--namespace", "airflow", "--values", "-"]
    answer = subprocess.run(command, input=yaml.safe_dump(wanted), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return {f"{item['kind']}/{item['metadata']['name']}": item for item in yaml.safe_load_all(answer.stdout) if item}

"""The Kubernetes half of the connector: a private kubeconfig, EKS tokens, reads, dry runs, helm and kubectl."""

from __future__ import annotations

import base64
import json
import os
import shutil
import tempfile
import time
from functools import cached_property
from pathlib import Path

import yaml
from botocore.signers import RequestSigner
from gevent import subprocess

from connectors import tools
from connectors.aws import Aws
from connectors.command import AwsCall, KubernetesPlan, KubernetesRead, ToolCommand
from connectors.manifest import merge
from connectors.reference import resolve, unmasked

TOKEN_LIFE = 14 * 60
"""Seconds an EKS token is used for; EKS takes it for 15 minutes."""

FIELD_MANAGER = "airflow-on-eks"

REPLACED = ("Job", "StorageClass")
"""Kinds whose fields Kubernetes does not let change: they are removed and made again."""


class KubernetesFailure(Exception):
    """The API server, helm or kubectl refused. Its text is one line for a person."""


class Kubernetes:
    """
    One EKS cluster's API, as the caller's AWS identity.

    + aws: the AWS half
    + cluster: name of the EKS cluster
    """

    def __init__(self, aws: Aws, cluster: str):
        self.aws, self.cluster = aws, cluster
        self._token = ("", 0.0)
        self._directory: str | None = None
        self._dynamic = None

    @property
    def description(self) -> dict | None:
        """The cluster as EKS describes it, ``None`` while there is no API to talk to."""
        answer = self.aws.read(AwsCall("eks", "describe_cluster", missing=("ResourceNotFoundException",), name=self.cluster))
        cluster = json.loads(answer)["cluster"] if answer else {}
        return cluster if cluster.get("status") in ("ACTIVE", "UPDATING") else None

    def token(self) -> str:
        """A bearer token as ``aws eks get-token`` makes it, renewed before it ends."""
        token, born = self._token
        if time.monotonic() - born > TOKEN_LIFE or not token:
            client = self.aws.client("sts")
            signer = RequestSigner(
                client.meta.service_model.service_id, self.aws.region, "sts", "v4", self.aws.session.get_credentials(), self.aws.session.events
            )
            request = {
                "method": "GET",
                "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
                "body": {},
                "headers": {"x-k8s-aws-id": self.cluster},
                "context": {},
            }
            url = signer.generate_presigned_url(request, region_name=self.aws.region, expires_in=60, operation_name="")
            token = "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
            self._token = (token, time.monotonic())
        return token

    def read(self, read: KubernetesRead) -> str:
        """The object (or the list's items) as JSON; empty when it or the cluster is absent."""
        if self.description is None:
            return ""
        key = read.text()
        answer = self.aws.cache.get("kubernetes", key)
        if answer is None:
            found = self._call(lambda: self._get(read), missing=True)
            answer = json.dumps(found) if found is not None else ""
            self.aws.cache.put("kubernetes", key, answer)
        return answer

    def plan(self, plan: KubernetesPlan) -> str:
        """For each object what is live and what a server-side apply would make of it, as JSON."""
        if self.description is None:
            return json.dumps([[None, item] for item in plan.objects], default=str)
        return json.dumps([self._call(lambda item=item: self._dry_run(item)) for item in unmasked(resolve(plan.objects))])

    def run(self, command: ToolCommand) -> tuple[bool, str, str]:
        """Run helm or kubectl: whether it succeeded, its output, its error output."""
        document = command.document(unmasked(resolve(command.stdin))) if command.stdin is not None else ""
        arguments = [str(argument) for argument in resolve(list(command.arguments))]
        environment = {
            **os.environ,
            "KUBECONFIG": str(self.kubeconfig()),
            "HELM_CACHE_HOME": f"{self._directory}/helm",
            "HELM_CONFIG_HOME": f"{self._directory}/helm",
            "HELM_DATA_HOME": f"{self._directory}/helm",
        }
        process = subprocess.Popen(
            [tools.path(command.tool), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        try:
            out, error = process.communicate(document.encode())
        finally:
            if process.poll() is None:
                process.terminate()
        self.aws.cache.written("kubernetes")
        return process.returncode == 0, out.decode(errors="replace"), error.decode(errors="replace")

    def kubeconfig(self) -> Path:
        """A kubeconfig of our own, readable by the caller alone and gone when the run is over."""
        cluster = self.description
        if cluster is None:
            raise KubernetesFailure(f"eks cluster {self.cluster} is not there to talk to: wait until it is ACTIVE")
        if self._directory is None:
            self._directory = tempfile.mkdtemp(prefix="airflow-on-eks-")
        path = Path(self._directory) / "kubeconfig"
        if not path.exists() or time.monotonic() - self._token[1] > TOKEN_LIFE / 2:
            self._token = ("", 0.0)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(yaml.safe_dump(self._config(cluster)))
        return path

    def close(self) -> None:
        """Remove the kubeconfig."""
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    def _config(self, cluster: dict) -> dict:
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": self.cluster, "cluster": {"server": cluster["endpoint"], "certificate-authority-data": cluster["certificateAuthority"]["data"]}}
            ],
            "users": [{"name": "airflow-on-eks", "user": {"token": self.token()}}],
            "contexts": [{"name": self.cluster, "context": {"cluster": self.cluster, "user": "airflow-on-eks"}}],
            "current-context": self.cluster,
        }

    @cached_property
    def _library(self):
        import kubernetes.client
        import kubernetes.config
        import kubernetes.dynamic

        return kubernetes

    @property
    def _api(self):
        cluster = self.description
        if self._dynamic is None or self._dynamic[0] != cluster["endpoint"]:
            configuration = self._library.client.Configuration()
            self._library.config.load_kube_config_from_dict(self._config(cluster), client_configuration=configuration, temp_file_path=tempfile.gettempdir())
            configuration.refresh_api_key_hook = lambda config: config.api_key.update(authorization=f"Bearer {self.token()}")
            client = self._library.client.ApiClient(configuration)
            self._dynamic = (cluster["endpoint"], self._library.dynamic.DynamicClient(client))
        return self._dynamic[1]

    def _resource(self, api_version: str, kind: str):
        return self._api.resources.get(api_version=api_version, kind=kind)

    def _get(self, read: KubernetesRead):
        resource = self._resource(read.api_version, read.kind)
        query = {"label_selector": read.selector} if read.selector else {}
        answer = resource.get(name=read.object, namespace=read.namespace, **query).to_dict()
        return answer if read.object else answer["items"]

    def _dry_run(self, item: dict):
        name, namespace = item["metadata"]["name"], item["metadata"].get("namespace")
        live = self._call(lambda: self._get(KubernetesRead(item["apiVersion"], item["kind"], name, namespace)), missing=True)
        if live is None:
            return [None, item]
        from kubernetes.client.exceptions import ApiException

        try:
            planned = self._resource(item["apiVersion"], item["kind"]).server_side_apply(
                body=item, name=name, namespace=namespace, field_manager=FIELD_MANAGER, force_conflicts=True, dry_run="All"
            )
        except ApiException as error:
            if error.status == 422 and item["kind"] in REPLACED:
                return [live, merge(live, item)]
            raise
        return [live, planned.to_dict()]

    def _call(self, call, missing: bool = False):
        from kubernetes.client.exceptions import ApiException
        from kubernetes.dynamic.exceptions import ResourceNotFoundError
        from urllib3.exceptions import HTTPError

        try:
            return call()
        except ResourceNotFoundError as error:
            if missing:
                return None
            raise KubernetesFailure(f"kubernetes {self.cluster}: {error}: its CRD is not installed") from None
        except ApiException as error:
            if missing and error.status == 404:
                return None
            raise KubernetesFailure(f"kubernetes {self.cluster}: {_reason(error)}") from None
        except HTTPError as error:
            raise KubernetesFailure(
                f"kubernetes {self.cluster}: its endpoint cannot be reached from here ({type(error).__name__}): check endpoint_public_cidrs, VPN or proxy"
            ) from None


def _reason(error) -> str:
    try:
        text = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        text = error.reason
    cure = {401: " (add your role to the setting `admins`)", 403: " (add your role to the setting `admins`)"}
    return f"{error.status} {text}{cure.get(error.status, '')}"

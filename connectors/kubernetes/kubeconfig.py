"""A kubeconfig of our own for one run, with an EKS token, in a directory that nobody else can read and that is gone at the end."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import time
import weakref
from pathlib import Path

import yaml
from botocore.signers import RequestSigner

from connectors.aws import session

TOKEN_LIFE = 14 * 60
"""Seconds an EKS token is used for; EKS takes it for 15 minutes."""

TOOL_TIME = 11 * 60
"""Seconds helm or kubectl may take with the token they are given: more than any ``--timeout`` of ours."""


class Kubeconfig:
    """
    How tools and libraries reach one EKS cluster as the caller's AWS identity.

    + aws: the AWS half
    + cluster: name of the EKS cluster
    """

    def __init__(self, aws, cluster: str):
        self.aws, self.cluster = aws, cluster
        self._token, self._born = "", 0.0
        self._directory: Path | None = None
        self._removal = None

    def token(self, lasting: float = 60) -> str:
        """
        A bearer token as ``aws eks get-token`` makes it.

        + lasting: how long it has to be good for (seconds)
        """
        if not self._token or time.monotonic() - self._born > TOKEN_LIFE - lasting:
            self._token, self._born = self._signed(), time.monotonic()
        return self._token

    def renew(self) -> None:
        """Have the next token made anew."""
        self._token = ""

    @property
    def directory(self) -> Path:
        """The private directory."""
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="airflow-on-eks-"))
            self._removal = weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        return self._directory

    def write(self, cluster: dict) -> Path:
        """
        The kubeconfig's file, its token good for the run of a tool.

        + cluster: as EKS describes it
        """
        path, token = self.directory / "kubeconfig", self.token(TOOL_TIME)
        server = {"server": cluster["endpoint"], "certificate-authority-data": cluster["certificateAuthority"]["data"]}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": self.cluster, "cluster": server}],
            "users": [{"name": "airflow-on-eks", "user": {"token": token}}],
            "contexts": [{"name": self.cluster, "context": {"cluster": self.cluster, "user": "airflow-on-eks"}}],
            "current-context": self.cluster,
        }
        fresh = path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(yaml.safe_dump(content))
        fresh.rename(path)
        return path

    def environment(self, cluster: dict) -> dict:
        """What helm and kubectl are run with: they see this cluster, and keep their files in the private directory; ``helm registry login`` counts."""
        return {
            **os.environ,
            "KUBECONFIG": str(self.write(cluster)),
            "KUBECACHEDIR": str(self.directory / "kube"),
            "KUBERC": "off",
            "HELM_CACHE_HOME": str(self.directory / "helm"),
            "HELM_CONFIG_HOME": str(self.directory / "helm"),
            "HELM_DATA_HOME": str(self.directory / "helm"),
            "HELM_REGISTRY_CONFIG": _logins(),
        }

    def close(self) -> None:
        """Remove it, and the directory it is in."""
        if self._removal:
            self._removal()
        self._directory = self._removal = None

    def _signed(self) -> str:
        client = self.aws.client("sts")
        signer = RequestSigner(client.meta.service_model.service_id, self.aws.region, "sts", "v4", session.signing(self.aws.credentials), client.meta.events)
        request = {
            "method": "GET",
            "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
            "body": {},
            "headers": {"x-k8s-aws-id": self.cluster},
            "context": {},
        }
        url = signer.generate_presigned_url(request, region_name=self.aws.region, expires_in=60, operation_name="")
        return "k8s-aws-v1." + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


def _logins() -> str:
    """Where ``helm registry login`` keeps what it was told. Source: https://helm.sh/docs/helm/helm/"""
    home = os.environ.get("HELM_CONFIG_HOME") or f"{os.environ.get('XDG_CONFIG_HOME') or Path.home() / '.config'}/helm"
    return os.environ.get("HELM_REGISTRY_CONFIG") or f"{home}/registry/config.json"

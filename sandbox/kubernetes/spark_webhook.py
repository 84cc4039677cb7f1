"""The webhook of the Spark operator, which certifies itself: its chart leaves the Secret and the `caBundle` of its webhooks to it."""

import base64
import tempfile
from pathlib import Path

from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.ingresses import arguments
from sandbox.kubernetes.loop import Loop

LABELS = "app.kubernetes.io/name=spark-operator,app.kubernetes.io/component=webhook"
REGISTRATIONS = "/apis/admissionregistration.k8s.io/v1"
KINDS = {"mutating-webhook-name": "mutatingwebhookconfigurations", "validating-webhook-name": "validatingwebhookconfigurations"}


class SparkWebhook(Loop):
    """
    Certifies each operator's webhook that is ready and is not certified.

    Source: https://github.com/kubeflow/spark-operator, pkg/certificate and internal/controller/mutatingwebhookconfiguration
    """

    def step(self) -> None:
        for deployment in self.ready(LABELS):
            given = arguments(deployment)
            if "webhook-secret-name" in given:
                bundle = self._secret(given)["ca-cert.pem"]
                for argument, kind in KINDS.items():
                    self._trust(f"{REGISTRATIONS}/{kind}/{given[argument]}", bundle)

    def _secret(self, given: dict[str, str]) -> dict[str, str]:
        name, namespace = given["webhook-secret-name"], given["webhook-secret-namespace"]
        path = f"/api/v1/namespaces/{namespace}/secrets"
        found = self._api.get(f"{path}/{name}")
        if not found:
            pairs = certified(f"{given['webhook-svc-name']}.{given['webhook-svc-namespace']}.svc")
            found = self._api.create(path, {"metadata": {"name": name}, "data": pairs})
        return found["data"]

    def _trust(self, path: str, bundle: str) -> None:
        registered = self._api.get(path)
        if registered and any(webhook["clientConfig"].get("caBundle") != bundle for webhook in registered["webhooks"]):
            for webhook in registered["webhooks"]:
                webhook["clientConfig"]["caBundle"] = bundle
            self._api.request("PUT", path, registered)


def certified(host: str) -> dict[str, str]:
    """An authority of its own and a server's certificate, as the entries of the Secret."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        Authority(directory).serve("server", host)
        files = {"ca-cert.pem": "ca.crt", "ca-key.pem": "ca.key", "server-cert.pem": "server.crt", "server-key.pem": "server.key"}
        return {entry: base64.b64encode((directory / file).read_bytes()).decode() for entry, file in files.items()}

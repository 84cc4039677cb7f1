"""A cluster's API server through the `kubernetes` package, which is imported when the first object is read."""

from __future__ import annotations

import base64
import json
import time
from functools import cached_property
from urllib.parse import urlsplit

from gevent.lock import Semaphore

from connectors.commands.command import KubernetesRead
from connectors.kubernetes import reach
from connectors.kubernetes.discovery import Discovery
from connectors.kubernetes.kubeconfig import Kubeconfig
from connectors.kubernetes.structure import laid_over
from connectors.kubernetes.verification import verifying

FIELD_MANAGER = "airflow-on-eks"

REPLACED = ("Job", "StorageClass")
"""Kinds whose fields Kubernetes does not let change: they are removed and made again."""

TIMEOUT = (5, 30)
"""Seconds the API server is given to be reached, and to answer."""

PROBE = (5, 10)
"""The same when it is only asked whether it is there."""

REST = 30
"""Seconds for which one that could not be reached is not asked again: many would wait for it one after the other."""

CONNECTIONS = 64
"""How many are kept open: reads go side by side, and each connection begins with a handshake."""

TRIES = 3
"""How often a connection is tried again."""

BUSY = (429, 500, 502, 503, 504)
"""What it answers while it, or etcd behind it, has too much to do or restarts."""

PAUSES = (1, 2, 4, 8)
"""Seconds before it is asked again."""

WEBHOOK = "failed calling webhook"
"""How an error begins that is not the API server's own."""

UNAUTHORISED = "add your role to the setting `admins`"


class KubernetesFailure(Exception):
    """
    The API server, helm or kubectl refused. Its text is one line for a person.

    + status: what HTTP calls it
    """

    def __init__(self, text: str, status: int = 0):
        super().__init__(text)
        self.status = status


class ApiServer:
    """
    One API server.

    + kubeconfig: how it is reached
    + cluster: as EKS describes it
    """

    def __init__(self, kubeconfig: Kubeconfig, cluster: dict):
        self.kubeconfig, self.cluster = kubeconfig, cluster
        self._told: set[str] = set()
        self._looking = Semaphore()
        self._unreached: tuple[float, KubernetesFailure] | None = None

    def get(self, read: KubernetesRead):
        """The object, or the list of them; ``None`` when it, or its kind, is absent."""
        return self._call(lambda: self._get(read), missing=True)

    def dry_run(self, live: dict, item: dict, manager: str = FIELD_MANAGER) -> dict:
        """
        What a server-side apply would make of an object that is there: the object, or a ``Status`` where the API server refuses.

        Where the caller may not ask, or what the API server would ask does not answer, the manifest is laid over the object.

        + live: the object
        + item: the manifest, secrets in clear
        + manager: who applies it
        """
        options = {"field_manager": manager, "force_conflicts": True, "dry_run": "All"}
        name, namespace, kind = item["metadata"]["name"], item["metadata"].get("namespace"), item["kind"]
        resource = self._call(lambda: self._kind(item["apiVersion"], kind))
        try:
            return self._call(lambda: resource.server_side_apply(body=item, name=name, namespace=namespace, **options).to_dict())
        except KubernetesFailure as failure:
            if failure.status == 403:
                self._tell("the caller may not ask for a dry run: objects are compared field by field")
            elif failure.status == 500 and WEBHOOK in str(failure):
                self._tell(f"a webhook of {kind} does not answer: its objects are compared field by field")
            elif failure.status != 422:
                raise
            elif kind not in REPLACED:
                return {"kind": "Status", "status": "Failure", "message": str(failure)}
            return laid_over(live, item)

    def placed(self, item: dict, namespace: str | None) -> dict:
        """
        An object with the namespace it will be in.

        + namespace: where it is if it names none and its kind lives in namespaces
        """
        if not namespace or item["metadata"].get("namespace"):
            return item
        from kubernetes.dynamic.exceptions import ResourceNotFoundError

        try:
            kind = self._kind(item["apiVersion"], item["kind"])
        except ResourceNotFoundError:
            return item
        return {**item, "metadata": {**item["metadata"], "namespace": namespace}} if kind.namespaced else item

    def _tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self.kubeconfig.aws.log(f"kubernetes {self.kubeconfig.cluster}: {line}")

    def answers(self) -> bool:
        """Whether it answers at all, whatever it says; raises `KubernetesFailure` where something that is neither an answer nor silence comes back."""
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        try:
            self._plain.rest_client.pool_manager.request("GET", f"{self.cluster['endpoint']}/version", timeout=Timeout(connect=PROBE[0], read=PROBE[1]))
        except HTTPError as error:
            if reach.silent(error):
                return False
            raise self._unreachable(error) from None
        return True

    @cached_property
    def _client(self):
        from kubernetes.dynamic import DynamicClient

        return DynamicClient(self._plain, discoverer=Discovery)

    @cached_property
    def _plain(self):
        import urllib3
        from kubernetes.client import ApiClient, Configuration

        class Client(ApiClient):
            def call_api(self, *arguments, _request_timeout=None, **options):
                return super().call_api(*arguments, _request_timeout=_request_timeout or TIMEOUT, **options)

        def renew(configuration):
            configuration.api_key.update(authorization=f"Bearer {self.kubeconfig.token()}")

        authority = self.kubeconfig.directory / "ca.pem"
        authority.write_bytes(base64.b64decode(self.cluster["certificateAuthority"]["data"]))
        configuration = Configuration(host=self.cluster["endpoint"])
        configuration.ssl_ca_cert = str(authority)
        configuration.refresh_api_key_hook = renew
        configuration.retries = urllib3.Retry(TRIES, backoff_factor=0.3, allowed_methods=None)
        if urlsplit(configuration.host).hostname in ("127.0.0.1", "localhost"):
            configuration.proxy = None
        configuration.connection_pool_maxsize = CONNECTIONS
        renew(configuration)
        client = Client(configuration)
        client.rest_client.pool_manager.connection_pool_kw["ssl_context"] = verifying()
        return client

    def _kind(self, api_version: str, kind: str):
        """What the API server knows of a kind. One is looked for at a time: for a kind that is not known all are asked for anew."""
        from urllib3.exceptions import HTTPError

        with self._looking:
            if self._unreached and time.monotonic() - self._unreached[0] < REST:
                raise self._unreached[1]
            try:
                return self._client.resources.get(api_version=api_version, kind=kind)
            except HTTPError as error:
                raise self._unreachable(error) from None

    def _get(self, read: KubernetesRead):
        resource = self._kind(read.api_version, read.kind)
        query = {"label_selector": read.selector} if read.selector else {}
        answer = json.loads(resource.get(name=read.object, namespace=read.namespace, serialize=False, **query).data)
        return answer if read.object else [{"apiVersion": read.api_version, "kind": read.kind, **item} for item in answer["items"]]

    def _call(self, call, missing: bool = False):
        """What a call answers. All that are made here change nothing: they may be made again."""
        from kubernetes.client.exceptions import ApiException
        from kubernetes.dynamic.exceptions import ResourceNotFoundError
        from urllib3.exceptions import HTTPError

        renewed = False
        for pause in (*PAUSES, None):
            try:
                return call()
            except ResourceNotFoundError as error:
                if missing:
                    return None
                raise self._failure(f"{error}: its CRD is not installed") from None
            except ApiException as error:
                said = _said(error)
                if missing and error.status == 404:
                    return None
                if error.status == 401 and pause and not renewed:
                    renewed = True
                    self.kubeconfig.renew()
                elif error.status in BUSY and pause and WEBHOOK not in said:
                    self._tell(f"{said}: asked again for {sum(PAUSES)}s")
                    time.sleep(pause)
                else:
                    raise self._failure(said, error.status) from None
            except HTTPError as error:
                raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> KubernetesFailure:
        failure = self._failure(reach.told(error, self.cluster["endpoint"]))
        self._unreached = time.monotonic(), failure
        return failure

    def _failure(self, text: str, status: int = 0) -> KubernetesFailure:
        return KubernetesFailure(f"kubernetes {self.kubeconfig.cluster}: {text}", status)


def _said(error) -> str:
    try:
        text = json.loads(error.body)["message"]
    except (TypeError, ValueError, KeyError):
        text = error.reason
    text = " ".join(str(text).split())
    return f"{error.status} {text}" + (f" ({UNAUTHORISED})" if error.status in (401, 403) else "")

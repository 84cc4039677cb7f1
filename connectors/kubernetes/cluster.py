"""The Kubernetes half of the connector: reads, dry runs, helm and kubectl."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import contextmanager

from gevent import subprocess
from gevent.pool import Pool

from connectors.aws.client import Aws
from connectors.aws.effects import effect
from connectors.aws.sending import duration
from connectors.commands.command import AwsCall, KubernetesPlan, KubernetesRead, ToolCommand
from connectors.commands.masking import masked, secrets_in
from connectors.commands.reference import DEPLOYMENT_TAG, known, resolve, uncertain, unmasked
from connectors.kubernetes.api_server import FIELD_MANAGER, REPLACED, ApiServer, KubernetesFailure
from connectors.kubernetes.kubeconfig import TOOL_TIME, Kubeconfig
from connectors.kubernetes.managed_fields import gives_up
from connectors.kubernetes.structure import laid_over
from connectors.kubernetes.telling import telling
from connectors.tools import outages, tools

__all__ = ["FIELD_MANAGER", "REPLACED", "Kubernetes", "KubernetesFailure"]

OF_HELM = "app.kubernetes.io/managed-by=Helm"
"""The label helm gives all it applies. Source: https://helm.sh/docs/chart_best_practices/labels/"""

AT_ONCE = 8
"""How many objects are looked at side by side."""


class Kubernetes:
    """
    One EKS cluster's API, as the caller's AWS identity.

    + aws: the AWS half
    + cluster: name of the EKS cluster, which is the deployment's: one of that name without its tag is somebody else's and counts as none
    """

    def __init__(self, aws: Aws, cluster: str):
        self.aws, self.cluster = aws, cluster
        self.kubeconfig = Kubeconfig(aws, cluster)
        self._server: ApiServer | None = None
        self._given_up = False
        self._lists: dict[str, tuple[str, dict]] = {}

    @property
    def description(self) -> dict | None:
        """The cluster as EKS describes it, ``None`` while there is no API of ours to talk to, or after it was given up."""
        if self._given_up:
            return None
        answer = self.aws.read(AwsCall("eks", "describe_cluster", missing=("ResourceNotFoundException",), name=self.cluster))
        cluster = json.loads(answer)["cluster"] if answer else {}
        ours = (cluster.get("tags") or {}).get(DEPLOYMENT_TAG) == self.cluster
        return cluster if ours and cluster.get("status") in ("ACTIVE", "UPDATING") else None

    def give_up(self) -> float | None:
        """
        Where there is an API server that is silent for as long as it is given, count everything in the cluster as absent from now on.

        Answers how long it was asked (seconds), ``None`` where it answers or where there is none. Raises `KubernetesFailure` where something else
        answers in its place.
        """
        cluster, started = self.description, time.monotonic()
        while cluster and not self._api(cluster).answers():
            if (waited := time.monotonic() - started) >= self.aws.patience.silence:
                self._given_up = True
                return waited
            time.sleep(1)
        return None

    def read(self, read: KubernetesRead) -> str:
        """The object (or the list's items) as JSON; empty when it or the cluster is absent."""
        cluster = self.description
        if cluster is None:
            return ""

        def ask() -> str:
            found = self._api(cluster).get(read)
            return json.dumps(found) if found is not None else ""

        return self.aws.cache.answer("kubernetes", read.kind, read.text(), ask)

    def plan(self, plan: KubernetesPlan) -> str:
        """For each object what is live and what a server-side apply would make of it, as JSON."""
        cluster = self.description
        if cluster is None:
            return json.dumps([[None, item] for item in plan.objects], default=str)
        server = self._api(cluster)
        secrets, objects = secrets_in(resolved := known(plan.objects)), [server.placed(item, plan.namespace) for item in resolved]
        pairs = Pool(AT_ONCE).map(lambda item: self._outcome(server, plan, *item), zip(objects, resolved, strict=True))
        for pair in pairs:
            if isinstance(pair, KubernetesFailure):
                raise pair
            if pair[1].get("kind") == "Status":
                pair[1]["message"] = masked(pair[1]["message"], secrets)
        return json.dumps(pairs, default=str)

    def run(self, command: ToolCommand, waiting: Callable[[], str] | None = None) -> tuple[bool, str, str]:
        """
        Run helm or kubectl, again where its failure may pass: whether it succeeded, its output, its error output.

        + waiting: what a person is told while it takes its time; the command unless given
        """
        with telling(self.aws.log, waiting or (lambda: f"{command.tool} {' '.join(map(str, command.arguments[:4]))}")):
            return self._tried(command)

    def _tried(self, command: ToolCommand) -> tuple[bool, str, str]:
        for pause in outages.PAUSES:
            done, out, error = self._run(command)
            if done or not outages.passes(error):
                return done, out, error
            self.aws.log(f"{command.tool}: {' '.join(tools.spoken(error))}: tried again in {pause}s")
            time.sleep(pause)
            if command.mend:
                self.run(command.mend)
        return self._run(command)

    @contextmanager
    def started(self, tool: str, *arguments: str):
        """
        A tool that goes on, its output and errors in one pipe; ended with what is inside.

        + tool, arguments: ``"kubectl", "port-forward", ...``
        """
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        process = subprocess.Popen([tools.path(tool), *arguments], env=self.kubeconfig.environment(self._reached()), start_new_session=True, **pipes)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()

    def _reached(self) -> dict:
        cluster = self.description
        if cluster is None:
            raise KubernetesFailure(f"eks cluster {self.cluster} is not there to talk to: wait until it is ACTIVE")
        return cluster

    def _run(self, command: ToolCommand) -> tuple[bool, str, str]:
        cluster = self._reached()
        stdin = resolve(command.stdin)
        document = command.document(unmasked(stdin)) if stdin is not None else ""
        arguments = [str(argument) for argument in resolve(list(command.arguments))]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([tools.path(command.tool), *arguments], env=self.kubeconfig.environment(cluster), **pipes)
        try:
            out, error = process.communicate(document.encode(), timeout=TOOL_TIME)
        except subprocess.TimeoutExpired:
            raise KubernetesFailure(f"{command.tool} {' '.join(arguments[:2])}: not done after {duration(TOOL_TIME)}, and ended: run again") from None
        finally:
            if process.poll() is None:
                process.terminate()
            if not command.reads:
                self.aws.cache.written(effect("kubernetes"))
        secrets = secrets_in(stdin)
        return process.returncode == 0, out.decode(errors="replace"), masked(error.decode(errors="replace"), secrets)

    def close(self) -> None:
        """Remove the kubeconfig."""
        self.kubeconfig.close()
        self._server = None

    def _outcome(self, server: ApiServer, plan: KubernetesPlan, item: dict, given: dict):
        """What is live, if anything, and what the plan would make of it; a failure is answered, so that others beside it go on."""
        try:
            live = self._live(plan, item)
            if live is None:
                return [None, item]
            if uncertain(item):
                return [live, laid_over(live, item)]
            clear = unmasked(item)
            settled = given in plan.applied or not gives_up(live, clear, plan.manager)
            if settled and laid_over(live, clear) == live:
                return [live, live]
            return [live, server.dry_run(live, clear, plan.manager)]
        except KubernetesFailure as failure:
            return failure

    def _live(self, plan: KubernetesPlan, item: dict) -> dict | None:
        """An object as it is: from a list of what its manager applies, by label; asked for by itself where it does not carry that, and a Secret of helm's."""
        metadata, kind, ours = item["metadata"], (item["apiVersion"], item["kind"]), plan.manager == FIELD_MANAGER
        name, namespace = metadata["name"], metadata.get("namespace")
        if ours or item["kind"] != "Secret":
            listed = KubernetesRead(*kind, None, None if ours else namespace, f"{DEPLOYMENT_TAG}={self.cluster}" if ours else OF_HELM)
            if live := self._listed(listed).get((namespace, name)):
                return live
        return json.loads(self.read(KubernetesRead(*kind, name, namespace)) or "null")

    def _listed(self, read: KubernetesRead) -> dict:
        """Objects of a kind by namespace and name; none where the caller may not list them all."""
        try:
            text = self.read(read)
        except KubernetesFailure as failure:
            if failure.status != 403:
                raise
            return {}
        known = self._lists.get(read.text())
        if known is None or known[0] is not text:
            items = {(item["metadata"].get("namespace"), item["metadata"]["name"]): item for item in json.loads(text or "[]")}
            known = self._lists[read.text()] = text, items
        return known[1]

    def _api(self, cluster: dict) -> ApiServer:
        if self._server is None or self._server.cluster["endpoint"] != cluster["endpoint"]:
            self._server = ApiServer(self.kubeconfig, cluster)
        return self._server

"""Objects that do not go: named at the deadline, freed by hand, given up."""

import json
from types import SimpleNamespace

import gevent
import pytest

from connectors.kubernetes.cluster import KubernetesFailure
from connectors.kubernetes.removal import Remove
from connectors.kubernetes.telling import telling

LATE = "error: timed out waiting for the condition on {}"
INGRESS = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "ui", "namespace": "airflow", "finalizers": ["ingress.k8s.aws/x"]}}
SAID = [
    {"type": "NamespaceDeletionDiscoveryFailure", "status": "False", "message": "All resources successfully discovered"},
    {"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining: jobs.x.io has 2 resource instances"},
]
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}, "status": {"conditions": SAID}}
DEFINITION = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "jobs.x.io", "finalizers": ["cleanup"]}}
HELD = {"apiVersion": "x.io/v1", "kind": "Job", "metadata": {"name": "a", "namespace": "team", "finalizers": ["x.io/hold"]}}
FREE = {"apiVersion": "x.io/v1", "kind": "Job", "metadata": {"name": "b", "namespace": "team"}}


class Cluster:
    """kubectl, answering from a script: what deletions come to, what is found by the words it is asked with."""

    def __init__(self, deletions, found):
        self.deletions, self.found, self.ran, self.logged = list(deletions), found, [], []
        self.aws = SimpleNamespace(patience=SimpleNamespace(objects=600))
        self.kubernetes, self.host = self, SimpleNamespace(log=self.logged.append)

    def run(self, command, waiting=None):
        self.ran.append(command.text())
        verb, *words = command.arguments
        if verb == "delete":
            self.waiting = waiting
            error = self.deletions.pop(0)
            return not error, "", error
        if verb == "get":
            return True, json.dumps(self.found.get(words[0], {})), ""
        return True, "", ""

    @property
    def patched(self):
        return [line for line in self.ran if " patch " in line]


def test_what_goes_in_time_is_deleted_once():
    cluster = Cluster([""], {})
    assert Remove("-f", "-", stdin=[INGRESS]).carry_out(cluster)[0]
    assert cluster.ran == ["kubectl delete -f - --ignore-not-found --wait --timeout=600s"] and cluster.logged == []


@pytest.mark.parametrize(
    ("what", "hangs", "inside", "patched", "said"),
    [
        (("ingress", "ui"), INGRESS, {}, "ingress.networking.k8s.io/ui --namespace airflow", "Ingress/ui (ingress.k8s.aws/x)"),
        (("namespace", "team"), NAMESPACE, {"jobs.x.io": {"items": [HELD, FREE]}}, "job.x.io/a --namespace team", "jobs.x.io has 2 resource instances"),
        (("crd", "jobs.x.io"), DEFINITION, {"jobs.x.io": {"items": [HELD, FREE]}}, "job.x.io/a --namespace team", "CustomResourceDefinition/jobs.x.io"),
    ],
    ids=["object", "namespace", "definition"],
)
def test_what_hangs_is_named_and_freed_with_what_is_in_it(what, hangs, inside, patched, said):
    cluster = Cluster([LATE, ""], {what[0]: hangs, **inside})
    assert Remove(*what).carry_out(cluster)[0]
    (line,) = cluster.patched
    assert patched in line
    assert said in cluster.logged[0] and cluster.logged[0].startswith("not gone after 10m00s: ")
    assert cluster.logged[1].endswith("it is still there, so its finalizers are removed by hand")


def test_what_is_waited_for_is_told_meanwhile():
    cluster = Cluster([""], {"namespace": NAMESPACE})
    Remove("namespace", "team").carry_out(cluster)
    with telling(cluster.logged.append, cluster.waiting, pace=0.01):
        gevent.sleep(0.05)
    assert cluster.logged[0].startswith("not gone yet: Namespace/team (Some resources are remaining: jobs.x.io has 2 resource instances), ")


def test_what_does_not_go_even_then_is_given_up_with_the_reason():
    cluster = Cluster([LATE, LATE], {"namespace": NAMESPACE})
    with pytest.raises(KubernetesFailure, match="timed out waiting.*Namespace/team .Some resources are remaining"):
        Remove("namespace", "team").carry_out(cluster)


def test_what_cannot_be_deleted_at_all_is_no_matter_of_time():
    cluster = Cluster(["Error from server (Forbidden): no"], {})
    with pytest.raises(KubernetesFailure, match="Forbidden"):
        Remove("namespace", "team").carry_out(cluster)
    assert len(cluster.ran) == 1

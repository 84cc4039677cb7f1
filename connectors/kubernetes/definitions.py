"""The custom resource definitions a chart brings along."""

from __future__ import annotations

from connectors.commands.command import Command, Helm, Kubectl
from connectors.commands.reference import DEPLOYMENT_TAG
from connectors.kubernetes.cluster import FIELD_MANAGER, KubernetesFailure

CHART = "airflow-on-eks/chart"
VERSION = "airflow-on-eks/chart-version"


class _AsTheyAre(Kubectl):
    def document(self, stdin) -> str:
        return stdin


class Definitions(Command):
    """
    Apply the definitions in a chart's ``crds/``, those of its subcharts included. They are passed on as they are, since they are large
    (server-side: the annotation of a client-side apply could not hold them), and labelled with the chart they came from.

    + chart: its name
    + version: its version
    + origin: what helm calls it by
    + owner: the deployment they are labelled with
    """

    def __init__(self, chart: str, version: str, origin: list[str], owner: str | None = None):
        super().__init__()
        self.chart, self.version, self.origin = chart, version, list(origin)
        self.labels = [f"{CHART}={chart}", f"{VERSION}={version}", *([f"{DEPLOYMENT_TAG}={owner}"] if owner else [])]

    def text(self):
        return f"{Helm('show', 'crds', *self.origin).text()} | kubectl apply --server-side --force-conflicts --field-manager={FIELD_MANAGER} -f -"

    def carry_out(self, connector):
        """Show, apply, label; `connectors.eks` calls it."""
        definitions = _done(connector, Helm("show", "crds", *self.origin))
        if not definitions.strip():
            raise KubernetesFailure(f"chart {self.chart} {self.version} has no CRDs: take helm.crds out of the declaration")
        apply = ("apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-")
        _done(connector, _AsTheyAre(*apply, stdin=definitions))
        _done(connector, _AsTheyAre("label", "--overwrite", "-f", "-", *self.labels, stdin=definitions))
        return True, _nothing()


def _done(connector, command) -> str:
    done, out, error = connector.kubernetes.run(command)
    if not done:
        raise KubernetesFailure(f"{command.tool}: {' '.join(error.split())}")
    return out


def _nothing():
    from pyinfra.connectors.util import CommandOutput

    return CommandOutput([])

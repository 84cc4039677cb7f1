"""All that is different between a release and its run in the tests. Everything else is the release's own, word for word."""

import json
import shlex
from pathlib import Path

from airflow_release import HOME, Release

CORE = ("core", "executor", "the tests have no pods to run tasks in"), ("core", "dags_folder", "a folder of this machine")
ADDRESSES = (
    ("core", "execution_api_server_url", "a free port of 127.0.0.1"),
    ("database", "sql_alchemy_conn", "the same user and password, without pgbouncer in between"),
    ("metrics", "statsd_host", "the tests listen to it themselves"),
    ("metrics", "statsd_port", "the tests listen to it themselves"),
)
FOLDERS = (("dag_processor", "dag_bundle_config_list", "the same bundles in folders of this machine"),)
OPTIONS = {(section, option): why for section, option, why in (*CORE, *ADDRESSES, *FOLDERS)}
"""Options of airflow.cfg, with the reason."""

VARIABLES = {
    "AIRFLOW_HOME": "a folder of this machine",
    "AIRFLOW_CONN_KUBERNETES_DEFAULT": "the tasks run outside of the cluster",
    "AWS_ENDPOINT_URL": "the emulated AWS",
    "AWS_ACCESS_KEY_ID": "stands for Pod Identity",
    "AWS_SECRET_ACCESS_KEY": "stands for Pod Identity",
    "AWS_DEFAULT_REGION": "is given to the pods by Pod Identity",
    "PATH": "Airflow is in an environment of its own",
    "HOME": "nothing of this machine's user is read",
}
"""Environment variables that no pod has, or with another value, with the reason."""

ARGUMENTS = {"api-server": "--host 127.0.0.1 --port {port}", "scheduler": "--skip-serve-logs", "dag-processor": ""}
"""What is added to a component's command: upstream's defaults listen on every address."""


class World:
    """
    Where things are in the tests.

    + home: stands for /opt/airflow
    + port: of the API server
    + database: port of PostgreSQL
    + statsd: port of the listener for metrics
    + aws: environment variables of an AWS client
    + kubeconfig: of the cluster that tasks talk to
    """

    def __init__(self, home: Path, port: int, database: int, statsd: int, aws: dict[str, str], kubeconfig: Path | None = None):
        self.home, self.port, self.database, self.statsd, self.aws, self.kubeconfig = home, port, database, statsd, aws, kubeconfig

    def options(self, release: Release) -> dict[tuple[str, str], str]:
        """The values of OPTIONS."""
        user, _, rest = release.secrets["airflow-platform-metadata"]["connection"].rpartition("@")
        bundles = release.option("dag_processor", "dag_bundle_config_list")
        assert rest == "airflow-pgbouncer.airflow:6543/airflow-metadata" and [bundle["name"] for bundle in json.loads(bundles)]
        return {
            ("core", "executor"): "LocalExecutor",
            ("core", "dags_folder"): self.here(release.option("core", "dags_folder")),
            ("core", "execution_api_server_url"): f"http://127.0.0.1:{self.port}/execution/",
            ("database", "sql_alchemy_conn"): f"{user}@127.0.0.1:{self.database}/airflow",
            ("metrics", "statsd_host"): "127.0.0.1",
            ("metrics", "statsd_port"): str(self.statsd),
            ("dag_processor", "dag_bundle_config_list"): self.here(bundles),
        }

    def here(self, text: str) -> str:
        """A text with this world's folders in place of the image's."""
        return text.replace(HOME, str(self.home))

    def environment(self, release: Release, container: dict, programs: Path) -> dict[str, str]:
        """The environment of a container, with the overrides over it."""
        kubernetes = {"conn_type": "kubernetes", "extra": {"kube_config_path": str(self.kubeconfig)}}
        variables = {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(kubernetes),
            "PATH": f"{programs / 'bin'}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            **self.aws,
        }
        assert variables.keys() == VARIABLES.keys() and self.options(release).keys() == OPTIONS.keys()
        options = {f"AIRFLOW__{section}__{option}".upper(): value for (section, option), value in self.options(release).items()}
        return {**release.environment(container), **options, **variables}

    def command(self, container: dict, component: str) -> list[str]:
        """The command of a component's container, with what ARGUMENTS adds."""
        *shell, line = container["args"]
        assert shell == ["bash", "-c"] and shlex.split(line) == ["exec", "airflow", component], container["args"]
        return [*shell, f"{line} {ARGUMENTS[component].format(port=self.port)}"]

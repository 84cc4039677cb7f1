"""What runs in these tests is the release, but for the overrides that airflow_overrides.py lists."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from airflow_overrides import OPTIONS, VARIABLES
from airflow_running import COMPONENTS

SCRIPT = """
import json
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()
found = conf.as_dict(display_source=True, display_sensitive=True, raw=True)
print(json.dumps([[section, option, value, source] for section, options in found.items() for option, (value, source) in options.items()
                  if "default" not in source]))
"""

LEFT_OUT = {
    "celery", "celery_kubernetes_executor", "elasticsearch", "elasticsearch_configs", "kerberos", "traces", "webserver",
    "kubernetes_executor.multi_namespace_mode", "logging.colored_console_log", "metrics.otel_host", "metrics.otel_on", "metrics.otel_port",
    "scheduler.standalone_dag_processor",
}  # fmt: skip
"""What upstream's chart writes besides: sections of parts we do not run, and options at Airflow's own default (or of Airflow 2)."""


@pytest.fixture(scope="module", params=COMPONENTS)
def effective(request, airflow, release):
    """Every option that is not at its default, as a component reads it: the value, and its variables."""
    environment = airflow.environment(release.container(COMPONENTS[request.param]))
    answer = subprocess.run([airflow.programs / "bin/python", "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    options = {(section, option): value for section, option, value, _ in json.loads(answer.stdout.splitlines()[-1])}
    return request.param, options, environment


def test_options_differ_only_where_it_is_listed(airflow, release, effective):
    component, options, _ = effective
    pod = release.environment(release.container(COMPONENTS[component]))
    wanted = {
        (section, option): release.options.get(section, option, raw=True) for section in release.options.sections() for option in release.options[section]
    }
    wanted |= {tuple(name.lower().split("__")[1:]): value for name, value in pod.items() if name.startswith("AIRFLOW__")}
    different = {key for key in wanted.keys() | options.keys() if wanted.get(key) != options.get(key)}
    assert different == OPTIONS.keys()
    assert {key: options[key] for key in OPTIONS} == airflow.world.options(release)


def test_variables_differ_only_where_it_is_listed(release, effective):
    component, _, environment = effective
    pod = release.environment(release.container(COMPONENTS[component]))
    different = {name for name in environment.keys() | pod.keys() if environment.get(name) != pod.get(name)}
    overrides = {f"AIRFLOW__{section}__{option}".upper() for section, option in OPTIONS}
    assert different == VARIABLES.keys() | overrides


def test_file_is_the_releases(airflow, release):
    assert (airflow.world.home / "airflow.cfg").read_text() == release.config


def test_stand_in_writes_what_upstreams_chart_writes(release):
    folder = os.environ.get("REFERENCE")
    if not folder:
        pytest.skip("REFERENCE is unset: the values of upstream's Airflow chart are in the folder it names")
    upstream = yaml.safe_load((Path(folder) / "airflow/values.yaml").read_text())["config"]
    missing = {f"{section}.{option}" for section, options in upstream.items() for option in options if not release.options.has_option(section, option)}
    assert {name for name in missing if not {name, name.partition(".")[0]} & LEFT_OUT} == set()

"""What runs in these tests is the release, but for the overrides that airflow_overrides.py lists."""

import json
import os
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
import yaml
from airflow_overrides import OPTIONS, VARIABLES
from airflow_running import COMPONENTS

from connectors.kubernetes.manifest import values
from deploys.platform import airflow_objects as objects
from sandbox.airflow.environment import LOCK

SCRIPT = """
import json
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()
found = conf.as_dict(display_source=True, display_sensitive=True, raw=True)
print(json.dumps([[section, option, value, source] for section, options in found.items() for option, (value, source) in options.items()
                  if "default" not in source]))
"""

KNOWN = """
import json
from airflow.configuration import conf
from airflow.providers_manager import ProvidersManager
ProvidersManager().initialize_providers_configuration()
print(json.dumps({section: [option for option, about in described["options"].items() if not about.get("version_deprecated")]
                  for section, described in conf.configuration_description.items()}))
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


@pytest.fixture(scope="module")
def ours(release):
    """The options this project sets itself, by section; the rest of airflow.cfg is the chart's."""
    return values("airflow", objects.airflow_values(release.settings))["config"]


def test_options_of_ours_are_known_to_this_airflow(programs, ours):
    answer = subprocess.run([programs / "bin/python", "-c", KNOWN], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    known = json.loads(answer.stdout.splitlines()[-1])
    assert {f"{section}.{option}" for section, options in ours.items() for option in options if option not in known.get(section, ())} == set()


def test_options_of_ours_have_not_moved(programs, ours, tmp_path):
    file = RawConfigParser()
    file.read_dict(ours)
    with open(tmp_path / "airflow.cfg", "w") as written:
        file.write(written)
    variables = {"AIRFLOW_HOME": str(tmp_path), "HOME": str(tmp_path), "PATH": f"{programs / 'bin'}:/usr/bin:/bin"}
    answer = subprocess.run(["airflow", "config", "lint"], env=variables, capture_output=True, text=True)
    assert answer.returncode == 0 and "No issues found" in answer.stdout, answer.stdout + answer.stderr


def test_environment_has_the_release_that_is_installed_by_default(release):
    assert f"apache-airflow=={release.settings.airflow_version}" in LOCK.read_text().splitlines()


def test_nightly_job_speaks_to_this_airflow(programs, release):
    pod = release.objects["CronJob/airflow-cleanup"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    executed, program, *arguments = pod["containers"][0]["args"][-1].split()
    assert (executed, program) == ("exec", "airflow")
    parse = "import sys; from airflow.cli.cli_parser import get_parser; get_parser().parse_args(sys.argv[1:])"
    answer = subprocess.run([programs / "bin/python", "-c", parse, *arguments], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr


def test_file_is_the_releases(airflow, release):
    assert (airflow.world.home / "airflow.cfg").read_text() == release.config


def test_stand_in_writes_what_upstreams_chart_writes(release):
    folder = os.environ.get("REFERENCE")
    if not folder:
        pytest.skip("REFERENCE is unset: the values of upstream's Airflow chart are in the folder it names")
    upstream = yaml.safe_load((Path(folder) / "airflow/values.yaml").read_text())["config"]
    missing = {f"{section}.{option}" for section, options in upstream.items() for option in options if not release.options.has_option(section, option)}
    assert {name for name in missing if not {name, name.partition(".")[0]} & LEFT_OUT} == set()

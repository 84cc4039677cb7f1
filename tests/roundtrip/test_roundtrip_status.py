"""Questions people have of a platform: is it well, what runs, where are its pages."""

import json
from typing import get_args

from deploys.web import PAGES
from settings import Settings


def test_status_tells_a_platform_on_one_screen(platform):
    run = platform.done("status")
    lines = [line.strip() for line in run.output.splitlines() if not line.startswith("-->")]
    assert len(lines) <= 24
    said = {line.split()[0]: line for line in lines if line}
    assert said["well"].endswith(" checks") and "as declared" in lines
    assert "core-node-group" in said["runs"] and "database airflow-sandbox" in said["holds"] and "Kubernetes" in said["versions"]
    assert run.writes == []


def test_every_page_is_a_service_of_the_platform(platform):
    assert set(PAGES) == set(get_args(Settings.model_fields["page"].annotation))
    services = json.loads(platform.tool("kubectl", "get", "services", "--all-namespaces", "--output=json"))["items"]
    ports = {(item["metadata"]["namespace"], item["metadata"]["name"]): [port["port"] for port in item["spec"]["ports"]] for item in services}
    for name, page in PAGES.items():
        if name != "spark-history":
            assert page.port in ports[page.namespace, page.service], name


def test_a_page_whose_pod_does_not_run_and_one_that_is_switched_off_are_refused_in_a_line(platform):
    run = platform.run("open")
    assert run.code == 1 and "airflow: error upgrading connection" in run.output and "Traceback" not in run.output
    run = platform.run("open", page="spark-history")
    assert run.code == 1 and "there is no spark-history in airflow-sandbox: enable_spark_history_server is False" in run.output

"""What the tests of the Airflow release share."""

import subprocess

import pytest
import yaml

from connectors.tools import tools
from settings.root import ROOT


@pytest.fixture(scope="session")
def render():
    """The objects the stand-in of the Airflow chart, or another chart, makes of values, by kind and name."""
    try:
        helm = tools.path("helm")
    except tools.ToolMissing as missing:
        pytest.skip(str(missing))

    def template(wanted: dict, check: bool = True, chart=ROOT / "sandbox/charts/airflow"):
        command = [helm, "template", "airflow", str(chart), "--namespace", "airflow", "--values", "-"]
        answer = subprocess.run(command, input=yaml.safe_dump(wanted), capture_output=True, text=True)
        if not check:
            return answer
        assert answer.returncode == 0, answer.stderr
        return {f"{item['kind']}/{item['metadata']['name']}": item for item in yaml.safe_load_all(answer.stdout) if item}

    return template

"""Facts and operations as data files: every folder under tests/facts and tests/operations becomes a class of tests."""

from pathlib import Path
from types import SimpleNamespace

import yaml
from pyinfra_testing import facts, operations
from pyinfra_testing.facts import make_fact_tests
from pyinfra_testing.operations import make_operation_tests
from pyinfra_testing.util import FakeHost

HERE = Path(__file__).parent
NOBODY = ("ec2.Namesake",)
"""What is not there unless a case says so."""


class Deployment(FakeHost):
    """A host as a case describes it: the deployment ``airflow-dev``."""

    def __init__(self, state, facts=None, **given):
        super().__init__(state, "@eks/airflow-dev", facts or {}, SimpleNamespace(deployment="airflow-dev"))
        self.connector = SimpleNamespace(seen=set())

    def get_fact(self, fact, *arguments, **named):
        key = self._get_fact_key(fact)
        return None if key in NOBODY and key not in self.fact.facts else super().get_fact(fact, *arguments, **named)


facts.create_host = operations.create_host = Deployment

for folder in sorted((HERE / "facts").iterdir()):
    globals()[f"Fact_{folder.name.replace('.', '_')}"] = make_fact_tests("facts", folder.name, folder)

for folder in sorted((HERE / "operations").iterdir()):
    globals()[f"Operation_{folder.name.replace('.', '_')}"] = make_operation_tests("operations", folder.name, folder)

REFUSALS = [path for path in sorted((HERE / "operations").glob("*/*")) if "exception" in path.read_text(encoding="utf-8")]


def test_a_case_that_expects_a_refusal_is_content_with_nothing_else():
    """With ``commands`` beside it the harness takes a case for passed in which nothing was raised and nothing is sent."""
    assert REFUSALS and [str(path) for path in REFUSALS if "commands" in yaml.safe_load(path.read_text(encoding="utf-8"))] == []


LADDER = ("create", "again", "change", "refused", "remove", "already_absent")

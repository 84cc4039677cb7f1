"""Facts and operations as data files: every folder under tests/facts and tests/operations becomes a class of tests."""

from pathlib import Path
from types import SimpleNamespace

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

LADDER = ("create", "again", "change", "refused", "remove", "already_absent")

"""The sample DAGs, as far as that can be told without Airflow."""

import ast
import warnings
from pathlib import Path

import pytest

DAGS = Path(__file__).parents[1] / "dags"
ALLOWED = ("airflow.sdk", "airflow.providers.cncf.kubernetes", "pendulum", "datetime", "pathlib", "os", "__future__")
EACH = pytest.mark.parametrize("dag", sorted(DAGS.glob("*.py")), ids=lambda file: file.stem)


def imports(tree: ast.AST) -> set[str]:
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@EACH
def test_dag_compiles_without_a_warning(dag):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(dag.read_text(), dag.name, "exec")


@EACH
def test_dag_uses_the_public_interface_of_airflow_alone(dag):
    """`from airflow import DAG`, `airflow.models` and `airflow.operators` are deprecated in Airflow 3."""
    assert {module for module in imports(ast.parse(dag.read_text())) if not module.startswith(ALLOWED)} == set()


@EACH
def test_dag_is_named_like_its_file_and_does_not_catch_up(dag):
    text = dag.read_text()
    assert dag.stem in text and "catchup=False" in text


def test_links_of_a_config_map_are_ignored():
    """Behind `..data` Airflow would find every file again, and refuse the folder."""
    assert "..*" in (DAGS / ".airflowignore").read_text().splitlines()

"""Verification of where DAGs come from: a repository that cannot be fetched is red, with what git said."""

import pytest
from health_world import World, settings
from pyinfra.context import ctx_host

from deploys.health.dags import dags

KEY = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
GIVEN = {"dags_repo": "git@git.example.com:dags.git", "dags_secret": "team/key", "dags_known_hosts": [KEY]}
TWO = {**GIVEN, "dags_bundles": {"dags-2": {"repo": "https://git.example.com/2.git"}}}
FINE = ["[info] Refreshing bundle dags", "[info] Version changed for dags, new version: 1a2b"]
REVOKED = [
    "[info] Refreshing bundle dags",
    "[error] Error refreshing bundle dags",
    "  stderr: 'git@git.example.com: Permission denied (publickey).",
    "fatal: Could not",
]
NEVER = ["[error] Error initializing bundle dags: Cmd('git') failed", "  stderr: 'Host key verification failed.'"]


def told(said: list[str], **given) -> list[str]:
    with ctx_host.use(World({}, {"k8s.Logs deployment/airflow-dag-processor": said})):
        return [str(check) for check in dags(settings(**given))]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (FINE, "fetched"),
        ([], "fetched"),
        (REVOKED, "not fetched: Permission denied (publickey)., wanted fetched"),
        ([*FINE, *REVOKED], "not fetched: Permission denied (publickey)., wanted fetched"),
        ([*REVOKED, *FINE], "fetched"),
        (NEVER, "not fetched: Host key verification failed, wanted fetched"),
        (["[error] Error refreshing bundle dags"], "not fetched: the log of the dag-processor says why, wanted fetched"),
        (["[error] Error refreshing bundle dags-2"], "fetched"),
    ],
)
def test_the_last_attempt_counts(said, answer):
    assert told(said, **GIVEN) == [f"DAG bundle dags: {answer} (git@git.example.com:dags.git)"]


def test_each_bundle_has_its_answer():
    assert told(REVOKED, **TWO)[1] == "DAG bundle dags-2: fetched (https://git.example.com/2.git)"


def test_nothing_is_asked_where_airflow_fetches_nothing():
    assert told([]) == told([], **GIVEN, dags_fetch="git-sync") == []

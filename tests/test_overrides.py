"""Values of an inventory: laid over the project's, told in the plan, refused where they would break what the platform promises."""

import pytest

from connectors.commands.reference import Text
from deploys.platform import platform
from deploys.run import overriding
from settings import Settings, SettingsError

LEAST = {"deployment": "airflow-dev", "account_id": "123456789012", "endpoint_public_cidrs": ["52.94.76.10/32"]}
EVERYTHING = {
    "enable_airflow_spark_example": True,
    "enable_spark_history_server": True,
    "task_placement": "karpenter",
    "domain": "airflow.example.com",
    "dags_repo": "https://github.com/x/y.git",
    "alerts": {"sns_topic": "arn:aws:sns:us-west-2:123456789012:alerts", "slack_secret": "team/slack"},
}
EXECUTORS = [
    {"executor": "LocalExecutor"},
    {"executor": "CeleryExecutor,KubernetesExecutor"},
    {"executor": "airflow.executors.local_executor.LocalExecutor"},
    {"config": {"core": {"executor": "CeleryExecutor"}}},
    {"executor": "airflow.providers.amazon.aws.executors.ecs.AwsEcsExecutor"},
    {"config": {"core": {"executor": "SomeExecutor"}}},
    {"extraEnv": "- name: AIRFLOW__CORE__EXECUTOR\n  value: LocalExecutor"},
    {"scheduler": {"env": [{"name": "AIRFLOW__CORE__EXECUTOR", "value": "LocalExecutor"}]}},
]


def settings(**given) -> Settings:
    return Settings.of({**LEAST, **given})


def refused(**given) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        settings(**given)
    return caught.value.lines


def releases(**given) -> dict:
    return {want.subject: want for want in platform(settings(**given)) if want.kind == "helm.release"}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    else:
        yield path


def nested(path, value) -> dict:
    for key in reversed(path):
        value = {key: value}
    return value


DECLARED = sorted({(name, path) for name, want in releases(**EVERYTHING).items() for path in leaves(want.fields.get("overlay") or {})}, key=str)


@pytest.mark.parametrize(("release", "path"), DECLARED, ids=lambda part: part if isinstance(part, str) else ".".join(part))
def test_what_follows_from_the_settings_is_not_an_inventorys_to_set(release, path):
    lines = refused(values={release: nested(path, "mine")})
    assert lines and all(line.startswith(f"values.{release}.{'.'.join(path)} is not yours to set: ") for line in lines)


@pytest.mark.parametrize("values", EXECUTORS, ids=str)
def test_another_executor_is_refused_with_the_reason(values):
    (line,) = refused(values={"airflow": values})
    assert "LocalExecutor would run DAG code beside the database's URL and the Fernet key, CeleryExecutor in workers that hold both" in line


@pytest.mark.parametrize(
    ("release", "values", "said"),
    [
        ("airflow", {"scheduler": {"serviceAccount": {"name": "mine"}}}, "the account's role is bound to its name"),
        ("airflow", {"scheduler": None}, "the account's role is bound to its name"),
        ("airflow", {"config": {"core": {"auth_manager": "airflow.api_fastapi.auth.managers.simple.SimpleAuthManager"}}}, "nobody is let in without"),
        ("airflow", {"extraEnv": "- name: AIRFLOW__CORE__AUTH_MANAGER"}, "set airflow_config"),
        ("airflow", {"secret": [{"envName": "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "secretName": "mine"}]}, "set airflow_config"),
        ("karpenter", {"serviceAccount": {"create": False}}, "the account's role is bound to its name"),
        ("airflow", {"fernetKeySecretName": "mine"}, "made once and kept in Secrets Manager"),
        ("airflow", {"data": {"metadataConnection": {"sslmode": "disable"}}}, "over verified TLS"),
        ("airflow", {"migrateDatabaseJob": {"useHelmHooks": True}}, "would wait for pods that wait for it"),
        ("kube-prometheus-stack", {"grafana": {"rbac": {"namespaced": False}}}, "every Secret of the cluster"),
        ("kube-prometheus-stack", {"grafana": {"adminPassword": "hunter2"}}, "read in clear"),
        ("karpenter", {"fullnameOverride": "mine"}, "looked for by their names"),
    ],
)
def test_a_promise_is_kept(release, values, said):
    (line,) = refused(values={release: values})
    assert said in line and "hunter2" not in line


def test_values_are_laid_over_the_file_and_that_over_ours(tmp_path):
    file = tmp_path / "airflow.yaml"
    file.write_text("scheduler: {replicas: 4, resources: {requests: {cpu: 1}}}\napiServer: {replicas: 3}")
    given = settings(values={"airflow": {"scheduler": {"replicas": 5}}}, values_files={"airflow": str(file)})
    assert given.values_of("airflow") == {"scheduler": {"replicas": 5, "resources": {"requests": {"cpu": 1}}}, "apiServer": {"replicas": 3}}
    assert settings().values_of("airflow") == {}


def test_a_file_is_beside_its_inventory(tmp_path):
    (tmp_path / "mine.yaml").write_text("scheduler: {replicas: 4}")
    given = Settings.of({**LEAST, "values_files": {"airflow": "mine.yaml"}}, inventory=tmp_path)
    assert given.values_of("airflow") == {"scheduler": {"replicas": 4}}


def test_a_file_keeps_the_promises_too(tmp_path):
    (tmp_path / "mine.yaml").write_text("executor: LocalExecutor")
    assert "every task runs in a pod of its own" in refused(values_files={"airflow": str(tmp_path / "mine.yaml")})[0]


def test_the_release_gets_them_over_what_is_declared():
    overlay = releases(values={"airflow": {"config": {"logging": {"logging_level": "WARNING"}}}})["airflow"].fields["overlay"]
    assert overlay["config"]["logging"]["logging_level"] == "WARNING" and overlay["config"]["logging"]["remote_base_log_folder"].startswith("s3://")


def test_the_pool_follows_the_replicas():
    def pool(**given) -> int:
        (bundle,) = [want for want in platform(settings(**given)) if str(want) == "k8s.bundle airflow-secrets"]
        inis = [value for item in bundle.fields["objects"] for value in item["stringData"].values() if isinstance(value, Text) and "pool_size" in value.parts]
        return inis[0].parts["pool_size"]

    assert pool(values={"airflow": {"scheduler": {"replicas": 4}}}) == pool() + 8


def test_the_plan_names_each():
    told = [overriding(*item) for item in settings(values={"airflow": {"scheduler": {"replicas": 3}, "labels": {"team": "data"}}}).overrides()]
    assert told == [
        "value scheduler.replicas of airflow is 3, the project's own is 2",
        "value labels.team of airflow is data, which the project leaves to the chart",
    ]

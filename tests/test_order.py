"""The order of the platform, proved on an empty world: whatever a command refers to is made by something declared earlier."""

import re
from types import SimpleNamespace

import pytest
from pyinfra.context import ctx_host

from connectors.command import AwsCall, Command, ToolCommand
from connectors.reference import Answer, Json, Ref, Text
from deploys.platform import platform
from deploys.run import backwards, forwards
from deploys.want import tagged
from facts.k8s import Planned
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"], "db_ca_bundle": "global"}
EVERYTHING = {"enable_airflow_spark_example": True, "enable_spark_history_server": True, "task_placement": "karpenter"}
MADE_BY = {"secrets.secret_value": "secrets.secret", "rds.ca_bundle": None}
"""Facts that are not called as what makes them; ``None``: nobody has to."""


class EmptyWorld:
    """A host in an account where nothing exists."""

    name = "@eks/airflow-dev"
    data = SimpleNamespace(deployment="airflow-dev")
    in_op = False

    def __init__(self):
        self.connector = SimpleNamespace(aws=SimpleNamespace(answers={}))

    def get_fact(self, fact, **arguments):
        if fact is Planned:
            return [[None, item] for item in arguments["manifest"].objects]
        return fact.default()

    def noop(self, description):
        pass


@pytest.fixture(params=[{}, EVERYTHING], ids=["defaults", "everything"])
def wants(request):
    settings = Settings.of({**GIVEN, **request.param})
    return tagged(platform(settings), settings.tag)


def references(value):
    if isinstance(value, Answer):
        return
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Text):
        yield from references(value.parts)
    elif isinstance(value, Json):
        yield from references(value.document)
    elif isinstance(value, dict):
        yield from references(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from references(item)
    elif isinstance(value, AwsCall):
        yield from references(value.params)
    elif isinstance(value, ToolCommand):
        yield from references([value.stdin, value.arguments])
    elif isinstance(value, Command):
        yield from references({key: item for key, item in vars(value).items() if key != "changes"})


def maker(ref: Ref) -> str | None:
    module, _, fact = ref.fact.name.removeprefix("facts.").rpartition(".")
    noun = re.sub(r"(?<!^)(?=[A-Z])", "_", fact).lower()
    kind = f"{module.split('.')[0]}.{noun}"
    kind = MADE_BY.get(kind, kind)
    return kind and f"{kind} {next(iter(ref.arguments.values()))}"


def test_every_reference_is_made_by_something_earlier(wants):
    made, trouble = set(), []
    with ctx_host.use(EmptyWorld()):
        for want in forwards(wants):
            made.add(str(want))
            for command in want.commands():
                trouble += [f"{want} needs {ref}" for ref in references(command) if maker(ref) not in made | {None}]
    assert trouble == []


def test_an_empty_account_needs_no_cleanup(wants):
    with ctx_host.use(EmptyWorld()):
        assert [str(want) for want in backwards(wants) if want.commands()] == []


def test_names_are_declared_once(wants):
    names = [str(want) for want in wants]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_two_regions_share_no_name_of_iam():
    here, there = (platform(Settings.of({**GIVEN, "region": region})) for region in ("us-west-2", "eu-central-1"))
    names = [{want.subject for want in wants if want.kind == "iam.role"} for wants in (here, there)]
    assert names[0] and not names[0] & names[1]


def test_two_deployments_share_no_name():
    here, there = (platform(Settings.of({**GIVEN, "deployment": name})) for name in ("airflow-dev", "airflow-two"))
    aws = ("ec2.", "eks.cluster", "iam.", "rds.", "efs.", "s3.", "kms.", "logs.", "secrets.")
    names = [{str(want) for want in wants if want.kind.startswith(aws) and not want.stray} for wants in (here, there)]
    assert names[0] and not names[0] & names[1]

"""What a month costs: three platforms computed by hand, each figure from a quoted price; what has no price is said, never guessed."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyinfra.api.exceptions import FactError, PyinfraError
from pyinfra.context import config, ctx_config, ctx_host

from connectors.commands.command import AwsCall
from deploys import spend, spent
from deploys.bill import bill, change, total
from deploys.plan import Step
from deploys.platform import platform
from facts.ce import CostTag, Spent
from facts.pricing import ListPrice, product
from operations.differ import Change
from settings import Settings
from settings.prices import PRICES

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
TODAY = date(2026, 11, 28)


def asked(answers, given, ask=lambda settings: bill(settings, platform(settings)), said=None):
    """What comes of a question, with a deployment whose facts answer so."""
    settings = Settings.of({**GIVEN, **given})

    def get_fact(fact, **arguments):
        answer = answers.get(fact)
        if isinstance(answer, Exception):
            raise answer
        return answer(**arguments) if callable(answer) else answer

    lines = [] if said is None else said
    host = SimpleNamespace(data=SimpleNamespace(deployment="airflow-dev"), get_fact=get_fact, log=lines.append, log_styled=lambda line, fg: lines.append(line))
    with ctx_host.use(host):
        return ask(settings)


SMALL = {"region": "us-east-1", "db_instance_class": "db.t4g.medium", "db_multi_az": False}
PAGE = Path(__file__).parent.parent / "docs" / "day2.md"


def costs(lines):
    return {line.what: None if line.cost is None else round(line.cost, 2) for line in lines}


def test_a_small_platform_in_virginia_by_the_table():
    """Each factor is a row of `settings.prices`, whose source quotes it."""
    lines = asked({}, SMALL)
    assert costs(lines) == {
        "EKS control plane": 73.00,  # 730 h at $0.10
        "3 core nodes, m5.xlarge": 420.48,  # 3 × 730 h at $0.192
        "disks of 3 core nodes": 24.00,  # 3 × 100 GB at $0.08
        "NAT gateways": 32.85,  # 730 h at $0.045
        "traffic through them": 4.50,  # 100 GB at $0.045
        "public addresses": 3.65,  # 730 h at $0.005
        "database db.t4g.medium, Single-AZ": 47.45,  # 730 h at $0.065
        "storage of the database, Single-AZ": 2.30,  # 20 GB at $0.115
        "load balancer of the UI": 16.43,  # 730 h at $0.0225
        "its use": 5.84,  # 730 h at $0.008
        "task logs": 1.15,  # 50 GB at $0.023
        "file system of the DAGs": 0.30,  # 1 GB at $0.30
        "logs into CloudWatch": 10.00,  # 20 GB at $0.50
        "volumes of kube-prometheus-stack": 4.16,  # 52 GB at $0.08
        "volumes of kubecost": 2.56,  # 32 GB at $0.08
        "KMS key": 1.00,
        "secrets": None,  # no source at hand
    }
    assert total(lines) == (pytest.approx(649.67, abs=0.01), 1)
    assert "1 line with no price known" in spend.summed(lines)


def test_the_page_shows_that_platform():
    lines = asked({}, SMALL)
    shown = [*spend.told(lines), f"airflow-dev costs {spend.summed(lines)} a month in us-east-1, at list prices"]
    assert PAGE.read_text().partition("<!-- cost -->\n```text\n")[2].partition("```")[0].splitlines() == shown


FRANKFURT = {
    "eks cluster": 0.10,
    "ec2 m5.xlarge": 0.23,
    "ebs gp3": 0.0952,
    "nat hour": 0.052,
    "nat gigabyte": 0.052,
    "public address": 0.005,
    "rds db.m6g.large Multi-AZ": 0.366,
    "rds storage Multi-AZ": 0.274,
    "load balancer": 0.027,
    "load balancer capacity": 0.008,
    "s3 standard": 0.0245,
    "efs standard": 0.36,
    "logs gigabyte": 0.63,
    "key": 1.0,
    "secret": 0.40,
}
"""What the Price List answers here."""


def test_a_platform_with_a_gateway_in_each_zone_by_the_price_list():
    given = {"region": "eu-central-1", "zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"], "nat_gateways": "per_zone"}
    lines = asked({ListPrice: lambda item, region: FRANKFURT[item]}, given)
    found = costs(lines)
    assert found["NAT gateways"] == 113.88  # 3 × 730 h at $0.052
    assert found["traffic through them"] == 5.20  # 100 GB among them
    assert found["public addresses"] == 10.95
    assert found["database db.m6g.large, Multi-AZ"] == 267.18
    assert found["storage of the database, Multi-AZ"] == 5.48
    assert found["secrets"] == 2.80  # seven
    assert total(lines) == (pytest.approx(1059.48, abs=0.01), 0)
    assert {line.source for line in lines} == {"AWS Price List"}


def test_without_the_optional_parts_in_oregon():
    """Where the Price List is out of reach the table answers, and what it does not hold has no price."""
    off = {"enable_kube_prometheus_stack": False, "enable_amazon_prometheus": False, "enable_kubecost": False, "ingress_scheme": None}
    lines = asked({ListPrice: FactError("out of reach")}, {"core_nodes": 2, "core_nodes_min": 2, "core_disk_size": 50, **off})
    assert {what: cost for what, cost in costs(lines).items() if cost is not None} == {
        "EKS control plane": 73.00,
        "2 core nodes, m5.xlarge": 280.32,  # 2 × 730 h at $0.192
        "disks of 2 core nodes": 8.00,  # 2 × 50 GB at $0.08
        "NAT gateways": 32.85,
        "public addresses": 3.65,
    }
    assert not any("volumes" in line.what or "balancer" in line.what for line in lines)
    table = spend.told(lines)
    assert any(line.startswith("database db.m6g.large, Multi-AZ") and line.endswith("no price known") for line in table)
    assert any(line.startswith("assumed: ") for line in table) and any(line.startswith("not counted: ") for line in table)


def test_spot_and_other_regions_have_no_price():
    spot = asked({ListPrice: lambda item, region: 1.0}, {"core_capacity_type": "SPOT"})
    assert costs(spot)["3 core nodes, m5.xlarge on spot"] is None
    assert all(line.cost is None for line in asked({}, {"region": "ap-southeast-2"}))


def test_every_price_has_a_source_and_a_day_and_a_thing_it_is_for():
    assert set(PRICES) == {"us-west-2", "us-east-1", "eu-central-1"}
    for rows in PRICES.values():
        for item, row in rows.items():
            assert product(item) and row.usd > 0 and row.source and row.seen <= TODAY, item


def steps(settings, *verbs):
    """Steps of a plan: a kind, what changes (or ``None`` for all of it), now and wanted."""
    wants = {want.kind: want for want in platform(settings)}
    return [Step(wants[kind], [AwsCall("rds", "modify_db_instance").because(Change(*field) for field in fields)]) for kind, fields in verbs]


def test_a_change_is_what_it_adds():
    answers = {ListPrice: lambda item, region: {"rds db.m6g.large Multi-AZ": 0.3, "rds db.m6g.xlarge Multi-AZ": 0.6}[item]}
    larger = ("rds.instance", [("DBInstanceClass", "db.m6g.large", "db.m6g.xlarge")])
    lines = asked(answers, {"db_instance_class": "db.m6g.xlarge"}, lambda settings: change(settings, steps(settings, larger)))
    assert costs(lines) == {"database db.m6g.large, Multi-AZ": -219.00, "database db.m6g.xlarge, Multi-AZ": 438.00}
    assert spend.summed(lines, sign=True) == "+$219.00"


def test_what_costs_nothing_asks_for_no_price():
    retagged = ("rds.instance", [("tag team", None, "data")])
    assert asked({ListPrice: AssertionError("asked")}, {}, lambda settings: change(settings, steps(settings, retagged))) == []


@pytest.fixture
def brief():
    with ctx_config.use(SimpleNamespace(DIFF=False)):
        assert config.DIFF is False
        yield


def over(given, said=None):
    larger = ("rds.instance", [("DBInstanceClass", "db.t4g.medium", "db.m6g.large")])
    answers = {ListPrice: lambda item, region: 0.9 if item.startswith("rds db.m6g") else 0.1}
    return asked(answers, given, lambda settings: spend.added(settings, platform(settings), steps(settings, larger)), said)


def test_a_plan_over_its_budget_is_refused_unless_confirmed(brief):
    budget = {"budget": 500, "budget_alerts": ["you@example.com"]}
    said = []
    record, refusal = over(budget, said)
    assert "its budget is $500.00; nothing was sent" in refusal and "--data confirm=airflow-dev" in refusal
    assert said == ["cost: +$584.00 a month in us-west-2, at list prices (--diff has the lines)"]
    assert record["usd"] == 584.0 and [line["cost"] for line in record["lines"]] == [-73.0, 657.0]
    assert over({**budget, "confirm": "airflow-dev"})[1] == ""
    assert over({**budget, "budget": 5000})[1] == ""
    assert over({})[1] == ""


@pytest.mark.parametrize("tag", [None, {"Status": "Inactive"}])
def test_a_tag_that_is_not_activated_is_told_not_shown_as_nothing(tag):
    with pytest.raises(PyinfraError, match="cost allocation tag airflow-on-eks/deployment has not been .*update-cost-allocation-tags-status"):
        asked({CostTag: tag, Spent: {}}, {}, lambda settings: spent.compared(settings, [], TODAY))


def test_what_was_spent_stands_beside_what_was_expected():
    answers = {
        ListPrice: lambda item, region: 0.1,
        CostTag: {"Status": "Active", "LastUpdatedDate": "2026-11-20T00:00:00Z"},
        Spent: lambda start, end: {"Amazon Relational Database Service": 80.0, "AWS Support": 5.0} if (start, end) == ("2026-10-29", "2026-11-28") else None,
    }
    said = []
    rows = asked(answers, {}, lambda settings: spent.compared(settings, bill(settings, platform(settings)), TODAY), said)
    found = {service: (expected, usd) for service, expected, usd in rows}
    assert found["Amazon Relational Database Service"] == (pytest.approx((730 + 20) * 0.1 * 720 / 730), 80.0)
    assert found["AWS Support"] == (0.0, 5.0)
    assert said == ["the tag was activated on 2026-11-20: what was spent before is not among these figures"]
    assert spent.told(rows)[0].split() == ["service", "expected", "of", "30", "days", "spent"]

"""Install, verify and change a platform: what is declared is what is there."""

import json
from html import unescape
from runpy import run_path
from xml.etree import ElementTree

from roundtrip_world import INVENTORY

from deploys.platform import platform as declared
from deploys.run import forwards
from settings import Settings

BOOKENDS = (
    "ec2.leftovers",
    "elb.leftovers",
    "elbv2.leftovers",
    "logs.leftovers",
    "ec2.karpenter",
    "ec2.volumes",
    "k8s.volumes",
    "k8s.balanced",
    "k8s.gone",
    "rds.snapshot",
    "backups.last",
    "ssm.lock",
)
"""What has nothing to do while the platform is wanted."""

READS = 120
"""Calls of AWS that it may take to find that nothing is to be done."""

TOKENS = ("aws-for-fluent-bit", "fluent-bit-reader")
"""Whose Fluent Bit's could be."""


def wants():
    ((host, data),) = run_path(str(INVENTORY))["deployments"]
    return forwards(declared(Settings.of({**data, "deployment": host.partition("/")[2]}, inventory=INVENTORY.parent)))


def test_a_dry_run_on_an_empty_account_lists_every_resource_and_sends_no_write(platform):
    shown = {line.strip()[2:] for line in platform.first_plan.output.splitlines() if line.strip().startswith(("+ ", "~ "))}
    missing = [str(want) for want in wants() if want.present and not want.stray and want.kind not in BOOKENDS and str(want) not in shown]
    assert missing == []
    assert platform.first_plan.calls, "it looked"
    assert platform.first_plan.writes == []


def test_the_first_install_makes_it(platform):
    print(f"install: {platform.first.seconds:.0f} s")
    assert "failed" not in platform.first.results.values()
    assert "ec2 CreateVpc" in platform.first.writes


def test_a_second_install_changes_nothing_and_sends_no_write(platform):
    again = platform.done("install")
    assert len(again.results) > 90
    assert again.changed == []
    assert again.writes == []
    assert "nothing to do: everything is as declared" in again.output
    ours = [call for call in again.calls if call["principal"] == again.calls[0]["principal"]]
    print(f"nothing to change: {again.seconds:.1f} s, {len(ours)} calls of AWS")
    assert len(ours) <= READS


def test_verify_passes_tells_people_and_machines_and_says_what_comes_next(platform, tmp_path):
    files = {"json": tmp_path / "verify.json", "junit": tmp_path / "verify.xml", "html": tmp_path / "verify.html"}
    answer = platform.done("verify", "-v", **files)
    assert answer.writes == []
    for line in ("EKS cluster airflow-sandbox ACTIVE", "PVC airflow-dags Bound", "Deployment airflow-scheduler 2/2"):
        assert f" ok {line}" in " ".join(answer.output.split())
    for line in ("aws eks update-kubeconfig", "Airflow's UI:", "secretsmanager get-secret-value"):
        assert line in answer.output
    (told,) = json.loads((tmp_path / "verify.json").read_text()).values()
    assert told["healthy"] and told["steps"] == [] and len(told["checks"]) >= 20
    page = files["html"].read_text()
    assert "is as declared and works" in page and all(check["what"] in unescape(page) for check in told["checks"])
    suite = ElementTree.parse(tmp_path / "verify.xml").getroot()
    assert (suite.tag, suite.get("failures")) == ("testsuite", "0")
    assert int(suite.get("tests")) == len(suite) == len(told["checks"]) + 1


def test_fluent_bits_pods_hold_a_token_that_runs_nothing_on_a_node(platform):
    """The account the chart gives them may: `nodes/proxy`, in a pod on every node."""
    space = ("--namespace", "kube-system")
    found = json.loads(platform.tool("kubectl", "get", "pods", *space, "--selector", "app.kubernetes.io/name=aws-for-fluent-bit", "--output=json"))
    names = {volume["name"] for pod in found["items"] for volume in pod["spec"]["volumes"]}
    assert found["items"] and "reader" in names and not [name for name in names if name.startswith("kube-api-access")]
    may = {name: platform.tool("kubectl", "auth", "can-i", "--list", f"--as=system:serviceaccount:kube-system:{name}") for name in TOKENS}
    assert {name: "nodes/proxy" in rules for name, rules in may.items()} == {"aws-for-fluent-bit": True, "fluent-bit-reader": False}


def test_changed_settings_are_named_field_by_field_and_made_so(platform, tmp_path):
    files = {"json": tmp_path / "verify.json", "junit": tmp_path / "verify.xml"}
    changed = {"log_retention_days": "30", "tags": '{"team": "data"}', "endpoint_public_cidrs": "52.94.76.11/32"}
    fields = {
        "logs.log_group /aws/eks/airflow-sandbox/cluster": "retentionInDays: 90 -> 30",
        "ec2.vpc airflow-sandbox": "tag team: nothing -> data",
        "eks.cluster airflow-sandbox": 'publicAccessCidrs: ["52.94.76.10/32"] -> ["52.94.76.11/32"]',
    }
    planned = platform.done("install", "--dry", "--diff", **changed)
    answer = platform.run("verify", **files, **changed)
    assert planned.writes == answer.writes == []
    assert answer.code != 0
    for thing, field in fields.items():
        assert f"~ {thing}\n" in planned.output and field in planned.output
        assert any(f"not as declared: ~ {thing}: " in line and field in line for line in answer.output.splitlines())
    (told,) = json.loads(files["json"].read_text()).values()
    assert not told["healthy"] and all(step["changes"] for step in told["steps"])
    suite = ElementTree.parse(files["junit"]).getroot()
    assert int(suite.get("failures")) == sum(case.find("failure") is not None for case in suite)
    assert set(fields) <= {failure.get("message") for failure in suite.iter("failure")}
    assert platform.done("install", **changed).writes
    platform.done("verify", **changed)
    platform.done("install")


def test_a_change_aws_refuses_is_reported_before_anything_is_sent(platform):
    refused = platform.run("install", vpc_cidr="10.2.0.0/16", log_retention_days=30)
    assert refused.code != 0
    assert "! ec2.vpc airflow-sandbox: vpc airflow-sandbox: CidrBlock is 10.1.0.0/16, wanted 10.2.0.0/16; AWS cannot change it" in refused.output
    assert "nothing was sent" in refused.output and "Traceback" not in refused.output
    assert refused.writes == []


def test_the_sandbox_fits_in_two_gibibytes(platform):
    resident = next(line for line in platform.sandbox("status").stdout.splitlines() if line.startswith("resident"))
    print(resident)
    assert int(resident.split()[1]) <= 2048

"""Records of runs, made by what makes them in a run, with things wrong as a test wants them."""

from types import SimpleNamespace

from pyinfra.context import ctx_host

from connectors.commands.command import AwsCall
from deploys.health.check import Check
from deploys.health.core import MOUNT_TARGETS, NODES
from deploys.plan import Step, counted
from deploys.platform import platform
from deploys.record import of_run
from deploys.run import backwards, forwards
from operations.differ import Change
from settings import Settings

GIVEN = {"account_id": "123456789012", "deployment": "airflow-dev", "endpoint_public_cidrs": ["52.94.76.10/32"]}
ZONES = ["us-west-2a", "us-west-2b", "us-west-2c"]
CALLER = "arn:aws:sts::123456789012:assumed-role/platform/anna"


class Host:
    """What a run is known by."""

    def __init__(self, verb: str):
        self.state = SimpleNamespace(current_exec_filename=f"deploys/{verb}.py")
        self.connector = SimpleNamespace(aws=SimpleNamespace(caller={"Arn": CALLER}))


def begun(verb: str, wants=None, **given) -> tuple[dict, list]:
    """The beginning of a record, and its wants."""
    wanted = Settings.of({**GIVEN, **given}).within(ZONES)
    wants = platform(wanted) if wants is None else wants
    wants = backwards(wants) if verb == "cleanup" else forwards(wants)
    with ctx_host.use(Host(verb)):
        return of_run(wanted, wants), wants


def verified(*broken: str, down: str = "", drift: int = 0, **given) -> dict:
    """
    The record of a verification.

    + broken: what the checks that fail look at
    + down: the zone whose mount target is not available
    + drift: how many things are not as declared
    """
    record, wants = begun("verify", **given)
    checks = [
        Check("EKS cluster airflow-dev", "ACTIVE", "ACTIVE", "https://ABC.gr7.us-west-2.eks.amazonaws.com", "cluster"),
        Check(NODES, ", ".join(ZONES), ", ".join(ZONES), part="nodes"),
        Check(MOUNT_TARGETS, ", ".join(zone for zone in ZONES if zone != down), ", ".join(ZONES), part="storage"),
        *(Check(f"Deployment airflow-{name}", "2/2", "2/2", part="Airflow") for name in ("api-server", "scheduler", "triggerer")),
        *(Check(what, "absent", "present", "run the install again", "Airflow") for what in broken),
    ]
    steps = _changes(wants, drift)
    problems = [*(f"not as declared: {step.lines()[0]}" for step in steps), *(f"does not work: {check}" for check in checks if not check.healthy)]
    return {**record, "healthy": not problems, "problems": problems, "checks": _rows(checks), "unmanaged": [], **_told(steps)}


def planned(verb: str = "install", most: int = 1000, **given) -> dict:
    """
    The record of a plan of everything.

    + most: how many steps are kept
    """
    record, wants = begun(verb, **given)
    steps = [Step(want, [AwsCall("ec2", "create_vpc", CidrBlock="10.1.0.0/16")] if want.present else [AwsCall("ec2", "delete_vpc")]) for want in wants]
    return {
        **record,
        **_told([step for step in steps if step.want.present is (verb == "install") and step.want.part and not step.want.stray][:most]),
        "quotas": [],
        "left_alone": [],
    }


def _changes(wants, number: int) -> list[Step]:
    change = Change("retentionInDays", 90, 30)
    text = Change("data.airflow.cfg", "a\nworker_container_tag = 3.3.2\n", "a\nworker_container_tag = 3.3.3\n", "ConfigMap/airflow-config")
    call = AwsCall("logs", "put_retention_policy", logGroupName="/aws/eks", retentionInDays=30).because([change, text])
    return [Step(want, [call]) for want in wants if want.present and not want.stray][10 : 10 + number]


def _rows(checks: list[Check]) -> list[dict]:
    return [{**vars(check), "healthy": check.healthy} for check in checks]


def _told(steps: list[Step]) -> dict:
    return {"summary": counted(steps), "steps": [step.record() for step in steps]}

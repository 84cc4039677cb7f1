"""The answer of verify: for a person, for a machine as JSON, for CI as JUnit XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from connectors.kubernetes.address import address_of
from deploys.health.check import Check
from deploys.plan import Step, counted
from deploys.platform.traffic import ingress_name
from deploys.record import keep, of_run
from deploys.run import tell
from deploys.want import Want
from facts.k8s import Object
from settings import Settings

WIDTH = 58
"""Characters of a row's first column."""

SAID = 5
"""Fields of one thing in the answer's last lines."""

_CASES: dict[str, list[ElementTree.Element]] = {}
"""Test cases of each host of this run, by result file."""


def report(settings: Settings, wants: list[Want], steps: list[Step], checks: list[Check], unmanaged: list[str]) -> list[str]:
    """
    Tell what was found; returns what is not as it should be, a line each.

    + wants: everything that is declared
    + steps: what is not as declared
    + checks: what was looked at
    + unmanaged: what carries the deployment's tag and is none of its things
    """
    for check in checks if host.state.print_noop_info else _summed_up(checks):
        _tell(check)
    for step in steps:
        tell(step)
    for line in unmanaged:
        host.log_styled(f"? {line}", fg="red")
    problems = [f"not as declared: {line.strip()}" for step in steps for line in _summary(step)]
    problems += [f"does not work: {check}" for check in checks if not check.healthy]
    problems += [f"not declared: {line}" for line in unmanaged]
    rows = [
        {"what": check.what, "now": check.now, "wanted": check.wanted, "healthy": check.healthy, "more": check.more, "part": check.part} for check in checks
    ]
    found = {"healthy": not problems, "problems": problems, "checks": rows, "unmanaged": unmanaged}
    keep(settings, {**of_run(settings, wants), **found, "summary": counted(steps), "steps": [step.record() for step in steps]})
    if settings.junit_file:
        _junit(settings, steps, checks, unmanaged)
    return problems


def _summed_up(checks: list[Check]) -> list[Check]:
    """A row for each part that works, and one for each check that fails; ``-v`` has them all."""
    rows = []
    for part in dict.fromkeys(check.part for check in checks):
        of_it = [check for check in checks if check.part == part]
        healthy = sum(check.healthy for check in of_it)
        whole = [Check(part, f"{healthy} of {len(of_it)} checks", f"{healthy} of {len(of_it)} checks")] if healthy else []
        rows += [*whole, *(check for check in of_it if not check.healthy)]
    return rows


def _tell(check: Check) -> None:
    answer = check.now if check.healthy else f"{check.now}, wanted {check.wanted}"
    line = f"{'ok  ' if check.healthy else 'FAIL'} {check.what:<{WIDTH}}  {answer}"
    host.log_styled(line + (f"  {check.more}" if check.more else ""), fg="green" if check.healthy else "red")


def next_steps(settings: Settings) -> list[str]:
    """What a person needs next: kubeconfig, the UI, its password."""
    region = f"--region {settings.region}"
    return [
        f"kubeconfig:      aws eks update-kubeconfig {region} --name {settings.deployment}",
        f"Airflow's UI:    {_address(settings)}",
        f"admin's password: aws secretsmanager get-secret-value {region} --secret-id {settings.secret('airflow/admin')} --query SecretString --output text",
    ]


def _address(settings: Settings) -> str:
    ingress = host.get_fact(Object, api_version="networking.k8s.io/v1", kind="Ingress", object=ingress_name(settings), namespace="airflow")
    if settings.ingress and (name := settings.domain or address_of(ingress)):
        where = "from within the VPC" if settings.ingress_scheme == "internal" else f"from {', '.join(settings.ingress_cidrs)}"
        return f"{'https' if settings.domain else 'http'}://{name} ({where})"
    return "kubectl port-forward --namespace airflow service/airflow-api-server 8080:8080, then http://localhost:8080"


def _summary(step: Step) -> list[str]:
    head, *fields = step.lines()
    said = [field.strip() for field in fields]
    more = [f"and {len(said) - SAID} more fields"] if len(said) > SAID + 1 else []
    return [f"{head}: {'; '.join([*(said[:SAID] if more else said), *more])}" if said else head]


def _junit(settings: Settings, steps: list[Step], checks: list[Check], unmanaged: list[str]) -> None:
    cases = _CASES.setdefault(settings.junit_file, [])
    declared = ElementTree.Element("testcase", classname=f"{host.name}.declared", name="as declared")
    for step in steps:
        ElementTree.SubElement(declared, "failure", message=str(step.want)).text = "\n".join(step.lines())
    for line in unmanaged:
        ElementTree.SubElement(declared, "failure", message=line)
    cases.append(declared)
    for check in checks:
        case = ElementTree.Element("testcase", classname=f"{host.name}.works", name=check.what)
        if not check.healthy:
            ElementTree.SubElement(case, "failure", message=str(check))
        cases.append(case)
    failures = sum(case.find("failure") is not None for case in cases)
    suite = ElementTree.Element("testsuite", name="airflow-on-eks", tests=str(len(cases)), failures=str(failures))
    suite.extend(cases)
    try:
        Path(settings.junit_file).write_bytes(ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))
    except OSError as error:
        raise PyinfraError(f"{settings.junit_file}: {error.strerror}: give --data junit= a file that can be written") from None

"""Does Airflow run a DAG? The sample DAG is triggered, and the log of its last task is read back: for verify alone, asked for with `run_dag`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

from pyinfra.context import host

from connectors.airflow.api import REFUSED, AirflowFailure, Api
from connectors.airflow.command_line import CommandLine
from connectors.airflow.dag_run import run
from connectors.aws.errors import AwsFailure
from connectors.aws.telling import Telling
from connectors.commands.command import AwsCall
from connectors.kubernetes.cluster import KubernetesFailure
from connectors.kubernetes.tunnel import through
from deploys.health.check import Check, of
from deploys.platform.airflow import NAMESPACE
from deploys.web import PAGES
from facts.secrets import SecretValue
from settings import Settings

DAG, LAST = "hello_world_scheduled_dag", "goodbye"
SAID = "HELLO, WORLD! That was 10 letters. Goodbye!"
"""What the last task logs."""

LOGGED = 60
"""Seconds for a log to be in S3 once its task is over."""

PAUSE = 2


def checks(settings: Settings) -> Iterator[Check]:
    """The run, and its log from Airflow's API and from S3."""
    if not settings.run_dag or "--dry" in sys.argv:
        return iter(())
    if settings.bundles:
        host.log(f"{DAG} is not run: where DAGs come from a repository it is not there")
        return iter(())
    if not host.connector.runs_pods:
        host.log(f"{DAG} is not run: no container runs here")
        return iter(())
    return of("Airflow", _checks(settings))


def _checks(settings: Settings) -> Iterator[Check]:
    what = f"run of {DAG}"
    with ExitStack() as opened:
        try:
            airflow = _airflow(settings, opened)
            telling = Telling(host.connector.aws, what)
            ran = run(airflow, DAG, telling.stands)
        except (AirflowFailure, KubernetesFailure) as failure:
            yield Check(what, str(failure), "success")
            return
        by = " by kubectl exec, since admin may not log in" if isinstance(airflow, CommandLine) else ""
        yield Check(what, ran.state, "success", f"{ran.run}, {ran.seconds:.0f} s{by}")
        if isinstance(airflow, Api):
            yield _log("from Airflow's API", lambda: airflow.log(DAG, ran.run, LAST))
    yield _log("from S3", lambda: _in_s3(settings, ran.run))


def _airflow(settings: Settings, opened: ExitStack) -> Api | CommandLine:
    """Airflow as admin through its load balancer where the internet reaches that, else through a port-forward; its commands where admin may not log in."""
    if settings.ingress_scheme == "internet-facing":
        address = f"https://{settings.domain}"
    else:
        page = PAGES["airflow"]
        address = opened.enter_context(through(host.connector.kubernetes, page.namespace, page.service, page.port))
    try:
        return Api(address, "admin", host.get_fact(SecretValue, secret=settings.secret("airflow/admin")))
    except AirflowFailure as failure:
        if failure.status in REFUSED:
            return CommandLine(host.connector.kubernetes, NAMESPACE)
        raise


def _log(where: str, read) -> Check:
    """What the last task has logged, as soon as it is there."""
    began, text, why = time.monotonic(), "", ""
    while SAID not in text and time.monotonic() - began < LOGGED:
        try:
            text = read()
        except (AirflowFailure, AwsFailure) as failure:
            why = str(failure)
        time.sleep(0 if SAID in text else PAUSE)
    return Check(f"log of its last task, {where}", SAID if SAID in text else why or f"{len(text)} characters without it", SAID)


def _in_s3(settings: Settings, run: str) -> str:
    """The newest log of the last task, as it lies in the bucket."""
    (bucket, folder), aws = settings.logs_folder, host.connector.aws
    listed = aws.call(AwsCall("s3", "list_objects_v2", Bucket=bucket, Prefix=f"{folder}/dag_id={DAG}/run_id={run}/task_id={LAST}/")) or {}
    keys = sorted(item["Key"] for item in listed.get("Contents") or ())
    return json.dumps(aws.call(AwsCall("s3", "get_object", Bucket=bucket, Key=keys[-1]))["Body"], ensure_ascii=False) if keys else ""

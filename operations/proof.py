"""The end of a cleanup: the proof that nothing is left."""

from __future__ import annotations

from collections.abc import Callable

from pyinfra.api import operation
from pyinfra.context import host

from connectors.commands.verdict import Verdict
from facts.scan import SCANS, Found
from operations.ownership import seen


@operation()
def proof(deployment: str, account: str, region: str, left: Callable | None = None, present: bool = False):
    """
    Scan every service used for what carries the tag, or was made for what did: fails with a list of what is left, tells what AWS itself keeps
    and why.

    + deployment: whose traces are looked for
    + account: its AWS account
    + region: its region
    + left: asked when all else is done: what could not be removed, a line each
    + present: always ``False``

    **Idempotency:** it only reads.

    **Example:**

    .. code:: python

        proof.proof("airflow-dev", account="123456789012", region="us-west-2", name="Proof")
    """
    host.connector.aws.cache.clear()
    lines = left() if left else []
    for scan in SCANS:
        for found in host.get_fact(Found, scan=scan, deployment=deployment, account=account, region=region) or []:
            if scan.of and not seen(scan.of, deployment):
                host.log(f"left alone: {scan.kind} {found}: it lacks the deployment's tag, and no {scan.of} {deployment} of it was seen in this run")
            elif scan.kept:
                host.log(f"kept by AWS: {scan.kind} {found}, {scan.kept}")
            else:
                lines.append(f"left: {scan.kind} {found}")
    if lines:
        yield Verdict(f"{len(lines)} things of {deployment} are left: run the cleanup again, or remove them by hand", lines)
    else:
        host.noop(f"nothing of {deployment} is left in {account} {region}")

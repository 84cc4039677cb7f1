"""The end of a cleanup: the proof that nothing is left."""

from __future__ import annotations

from pyinfra.api import operation
from pyinfra.context import host

from connectors.verdict import Verdict
from facts.scan import SCANS, Found


@operation()
def proof(deployment: str, account: str, region: str, present: bool = False):
    """
    Scan every service used, by tag and by name: fails with a list of what is left, tells what AWS itself keeps and why.

    + deployment: whose traces are looked for
    + account: its AWS account
    + region: its region
    + present: always ``False``

    **Idempotency:** it only reads.

    **Example:**

    .. code:: python

        proof.proof("airflow-dev", account="123456789012", region="us-west-2", name="Proof")
    """
    host.connector.aws.cache.clear()
    left = []
    for scan in SCANS:
        for found in host.get_fact(Found, scan=scan, deployment=deployment, account=account, region=region) or []:
            if scan.kept:
                host.log(f"kept by AWS: {scan.kind} {found}, {scan.kept}")
            else:
                left.append(f"left: {scan.kind} {found}")
    if left:
        yield Verdict(f"{len(left)} things of {deployment} are left: run the cleanup again, or remove them by hand", left)
    else:
        host.noop(f"nothing of {deployment} is left in {account} {region}")

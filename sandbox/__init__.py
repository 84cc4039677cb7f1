"""
An AWS account and its EKS clusters on this machine.

    sandbox.up()         # starts it if it is not up, and says where it is
    sandbox.running()    # where it is, or None
    sandbox.down()       # ends it, and everything in it
"""

from dataclasses import dataclass
from pathlib import Path

from sandbox.home import RDS, home, read_daemon

__all__ = ["Sandbox", "down", "running", "up"]


@dataclass(frozen=True)
class Sandbox:
    """Where the sandbox is, and credentials of its administrator."""

    endpoint: str
    access_key_id: str
    secret_access_key: str
    region: str
    account_id: str
    rds_certificates: Path
    """What AWS publishes for those who talk to RDS: who signs its servers (PEM)."""
    processes: bool
    """Whether pods are processes: they take real time to end."""


def up(
    time_scale: float | None = None,
    port: int = 0,
    kubernetes: bool = True,
    faults: str | None = None,
    region: str | None = None,
    karpenter: bool = False,
    latency: float | None = None,
    pods: str | None = None,
) -> Sandbox:
    """
    Start the sandbox, or leave it as it is where it is up.

    + time_scale: AWS's seconds in one of ours (default 60; changed at once where it is up already)
    + port: on 127.0.0.1 (default: a free one)
    + kubernetes: whether EKS clusters have a control plane
    + faults: a file of faults to inject
    + region: of the answer, for clients that name none (default: `AWS_REGION`, else us-west-2)
    + karpenter: whether Karpenter's own controller runs beside a cluster that has its Deployment (built on demand: minutes);
      without it NodePools stay without nodes
    + latency: milliseconds that pass before each answer of AWS (default 0; changed at once where it is up already)
    + pods: who runs the pods of namespace airflow: `kwok`, who plays them, or `processes` of this machine (default: `AIRFLOW_ON_EKS_PODS`, else
      processes where this machine can, else kwok)
    """
    from sandbox.lifecycle import start

    start(time_scale, port, kubernetes, faults, region, karpenter, latency, pods)
    return running()


def running() -> Sandbox | None:
    """The sandbox that is up, if one is."""
    daemon = read_daemon()
    if not daemon:
        return None
    known = (daemon.endpoint, daemon.access_key_id, daemon.secret_access_key, daemon.region, daemon.account_id)
    return Sandbox(*known, home() / RDS / "ca.crt", daemon.processes)


def down() -> bool:
    """End the sandbox and remove its home; whether it was up."""
    from sandbox.lifecycle import stop

    return stop()

"""Points of every kind, struck on a sandbox: a handful of them, and a slice of the sweep."""

import pytest
from checks import tally, twice
from disturbed import Disturbance
from ledger import Ledger
from roundtrip_world import boxed
from sweep import KINDS, VERBS, Sweep


def fault(kind, service, action, nth=1):
    return {"service": service, "action": action, "nth": nth, "kind": kind}


INSTALL = [
    fault("lost", "ec2", "CreateVpc"),
    fault("error", "ec2", "CreateNatGateway"),
    fault("throttled", "iam", "CreateRole", nth=2),
    fault("held", "eks", "CreateNodegroup"),
    fault("lost", "kubectl", "apply"),
    fault("throttled", "helm", "upgrade", nth=2),
]
CLEANUP = [
    fault("error", "kubectl", "delete"),
    fault("lost", "helm", "uninstall"),
    fault("held", "rds", "DeleteDBInstance"),
    fault("throttled", "eks", "DeleteCluster"),
    fault("lost", "ec2", "DeleteSubnet", nth=2),
    *(fault("lost", "eks", action) for action in ("DeleteAddon", "DeleteNodegroup")),
    *(fault("lost", "ec2", action) for action in ("DeleteNatGateway", "DeleteVpcEndpoints")),
    *(fault("lost", "efs", action) for action in ("DeleteMountTarget", "DeleteFileSystem")),
    fault("lost", "kms", "ScheduleKeyDeletion"),
]
"""Among them removals AWS takes its time for: sent again they are refused, or not."""


def disturbed(box, verb, faults):
    """What was struck in a run, and one more for each time it was killed: it copes with all else itself."""
    disturbance, struck = Disturbance(box, faults), []
    for _ in range(1 + sum(fault["kind"] == "held" for fault in faults)):
        run = disturbance.run(verb)
        struck += [(call["kind"], call["action"]) for call in run.struck]
    disturbance.end()
    assert run.code == 0, run.output
    return sorted(struck)


def test_an_install_and_a_cleanup_get_past_a_handful_of_points_of_every_kind():
    with boxed() as box:
        box.up()
        assert disturbed(box, "install", INSTALL) == sorted((one["kind"], one["action"]) for one in INSTALL)
        assert twice(box) == []
        box.done("verify")
        assert disturbed(box, "cleanup", CLEANUP) == sorted((one["kind"], one["action"]) for one in CLEANUP)
        assert set(tally(box)) == {"rds snapshot", "secretsmanager secret", "secretsmanager version"}
        again = box.done("cleanup")
        assert again.writes == [] and again.changed == []


@pytest.mark.slow
@pytest.mark.parametrize("kinds", [("killed",), ("throttled", "error", "lost")], ids="-".join)
def test_a_slice_of_the_sweep_survives(tmp_path, kinds):
    assert set(kinds) <= set(KINDS)
    ledger = Ledger(tmp_path / "sweep.json", resume=False)
    assert Sweep(ledger, 2400, VERBS, kinds, first=94, last=99, sandboxes=2).run(), ledger["failures"]
    assert {key: len(rows) for key, rows in ledger["struck"].items()} == {f"{verb} {kind}": 6 for verb in VERBS for kind in kinds}

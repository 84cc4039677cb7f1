"""The AWS half of a platform comes and goes in an account where somebody else has something of every service."""

from test_every_kind import lasting

from deploys.plan import plan
from deploys.run import backwards, forwards
from operations.proof import proof

CONTROLLERS = ("elbv2.load_balancer", "k8s.", "helm.", "rds.snapshot")
"""What a controller makes, and here is none; and the snapshot, which goes by the release that is live in a cluster."""


def carried_out(deployment, wants):
    """Each want, one after the other, as pyinfra carries them out."""
    for want in wants:
        for command in want.commands():
            done, output = deployment.host.run_shell_command(command)
            assert done, f"{want}: {command}: {output.stderr}"


def test_what_is_theirs_is_the_same_afterwards_and_nothing_of_ours_is_left(among_neighbours):
    wants = [want for want in among_neighbours.wants if not want.kind.startswith(CONTROLLERS)]
    carried_out(among_neighbours, forwards(wants))
    assert [line for step in plan(forwards(wants)) for line in step.lines(commands=True)] == [], "as declared"
    assert {kind: lasting(read()) for kind, read in among_neighbours.read.items()} == {kind: lasting(was) for kind, was in among_neighbours.before.items()}
    assert among_neighbours.host.connector.kubernetes.give_up() is not None, "there is no control plane"
    carried_out(among_neighbours, backwards(wants))
    assert [line for step in plan(backwards(wants)) for line in step.lines(commands=True)] == [], "gone"
    settings = among_neighbours.settings
    verdict = list(proof._inner(settings.deployment, account=settings.account_id, region=settings.region))
    assert [line for command in verdict for line in command.problems] == []
    assert {kind: lasting(read()) for kind, read in among_neighbours.read.items()} == {kind: lasting(was) for kind, was in among_neighbours.before.items()}

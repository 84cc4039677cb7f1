"""What has to be true of a box after it was disturbed. Each check answers lines about what is not."""

from collections import Counter

from kills import doubled

LINES = 25
"""How much of a failed run's output is told."""


def tally(box) -> dict[str, int]:
    """How many of each kind there are, tagged or not; of secrets also how many versions."""
    found = Counter(f"{thing['service']} {thing['type']}" for thing in box.things() if not thing["default"])
    secrets = box.client("secretsmanager")
    for secret in secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
        found["secretsmanager version"] += len(secrets.list_secret_version_ids(SecretId=secret["ARN"], IncludeDeprecated=True)["Versions"])
    return dict(sorted(found.items()))


def twice(box) -> list[str]:
    """What is there more than once under one name."""
    return [f"{number} of {kind} {name}" for (kind, name), number in doubled(box).items()]


LOCK = "ssm parameter"
"""A run that was killed after its last write leaves it; who has nothing to write takes no lock, and lets it expire."""


def installed(box, expected: dict[str, int], but: set[str]) -> list[str]:
    """Converged, nothing doubled, and verify passes."""
    return [*_nothing_to_do(box, "install"), *twice(box), *_differences(tally(box), expected, but), *_failure(box.run("verify"), "verify")]


def removed(box, expected: dict[str, int], but: set[str]) -> list[str]:
    """Nothing is left but what AWS keeps, not even the lock of a run that was killed, and a second cleanup finds nothing to do."""
    return [*_differences(tally(box), expected, but), *_nothing_to_do(box, "cleanup")]


def _nothing_to_do(box, verb: str) -> list[str]:
    again = box.run(verb)
    lines = [f"{verb} again changed {name}" for name in again.changed] + [f"{verb} again sent {call}" for call in again.writes]
    return _failure(again, f"{verb} again") or lines


def _differences(now: dict[str, int], expected: dict[str, int], but: set[str]) -> list[str]:
    differing = [kind for kind in sorted({*now, *expected} - but) if now.get(kind) != expected.get(kind)]
    return [f"{now.get(kind, 0)} of {kind}, not {expected.get(kind, 0)}" for kind in differing]


def _failure(run, what: str) -> list[str]:
    return [f"{what} ended with {run.code}", *run.output.splitlines()[-LINES:]] if run.code else []

"""IAM: roles that other services learn of a little later."""

from moto.iam.models import Role

from sandbox.aws.call import Call
from sandbox.aws.clock import clock
from sandbox.aws.rules import follows
from sandbox.aws.times import SECONDS

born: dict[str, float] = {}


@follows("iam", "CreateRole")
def remember_birth(call: Call) -> None:
    born[call.answer["Role"]["RoleId"]] = clock.now()


def is_usable(role: Role) -> bool:
    """Whether the news of the role has reached the other services."""
    return clock.now() - born.get(role.id, -SECONDS["iam role usable"]) >= SECONDS["iam role usable"]



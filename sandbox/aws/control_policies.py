"""
Service control policies: what an organization denies in the account, whoever asks.

`POST /sandbox/control-policies` puts them in force, a list of policy documents; an empty one lifts them. Only `Deny` counts here, as with AWS's
`FullAWSAccess` beside it. Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from fnmatch import fnmatchcase

from moto.iam.models import iam_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.faults import DENIED

OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": fnmatchcase,
    "ArnLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
}
PREFIXES = {"amp": "aps", "efs": "elasticfilesystem", "elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing"}
"""Where policies call a service otherwise than botocore."""

TAGS = ("Tags", "tags")

documents: list[dict] = []


def check(call: Call) -> None:
    """Raises what AWS answers to a call that a policy in force denies."""
    for document in documents:
        for statement in _listed(document["Statement"]):
            if statement["Effect"] == "Deny" and _about(statement, call) and _holds(statement.get("Condition") or {}, call):
                said = f"User: {call.principal} is not authorized to perform: {_action(call)} with an explicit deny in a service control policy"
                raise AwsError(DENIED.get(call.service, "AccessDeniedException"), said, status=403)


def _about(statement: dict, call: Call) -> bool:
    return any(fnmatchcase(_action(call).lower(), action.lower()) for action in _listed(statement["Action"]))


def _action(call: Call) -> str:
    return f"{PREFIXES.get(call.service, call.service)}:{call.action}"


def _holds(condition: dict, call: Call) -> bool:
    keys = _keys(call)
    return all(_test(name, keys.get(key.lower()), _listed(wanted)) for name, tests in condition.items() for key, wanted in tests.items())


def _test(name: str, value: str | None, wanted: list[str]) -> bool:
    """A negated test holds where the key is absent, as AWS has it; `Null` asks for that alone."""
    if name == "Null":
        return (value is None) is (str(wanted[0]).lower() == "true")
    operator = OPERATORS[name.replace("Not", "")]
    found = value is not None and any(operator(value, each) for each in wanted)
    return not found if "Not" in name else found


def _keys(call: Call) -> dict[str, str | None]:
    """What conditions may ask of a call, in lower case: the tags it gives, the boundary it gives or that its role has."""
    tags = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in _tags(call.params)}
    return {**{f"aws:requesttag/{key.lower()}": value for key, value in tags.items()}, "iam:permissionsboundary": _boundary(call)}


def _tags(params: dict) -> list[dict]:
    given = next((params[name] for name in TAGS if params.get(name)), [])
    given = [{"Key": key, "Value": value} for key, value in given.items()] if isinstance(given, dict) else given
    return [*given, *(tag for each in params.get("TagSpecifications") or () for tag in each.get("Tags") or ())]


def _boundary(call: Call) -> str | None:
    if call.service != "iam" or call.params.get("PermissionsBoundary"):
        return call.params.get("PermissionsBoundary")
    roles = iam_backends[call.account]["aws"].roles.values()
    return next((role.permissions_boundary_arn for role in roles if role.name == call.params.get("RoleName")), None)


def _listed(value) -> list:
    return value if isinstance(value, list) else [value]

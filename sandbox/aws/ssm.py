"""Systems Manager's parameters: names, sizes, and what exists stays unless it may be overwritten."""

import re

from moto.ssm.models import ssm_backends

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError
from sandbox.aws.rules import refuses

NAME = re.compile(r"[a-zA-Z0-9_.-]+|(/[a-zA-Z0-9_.-]+){1,15}")


@refuses("ssm", "PutParameter")
def check_parameter(call: Call) -> None:
    given, name = call.params, call.params["Name"]
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        message = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'
        raise AwsError("ValidationException", message, status=400)
    if not NAME.fullmatch(name):
        message = "Parameter name must be a fully qualified name. Only a mix of letters, numbers and the following 4 symbols .-_/ is allowed."
        raise AwsError("ValidationException", message, status=400)
    parameters = ssm_backends[call.account][call.region]._parameters
    exists = bool(parameters.get(name))
    if exists and not given.get("Overwrite"):
        message = "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."
        raise AwsError("ParameterAlreadyExists", message, status=400)
    if given.get("Overwrite") and given.get("Tags"):
        message = "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag."
        raise AwsError("ValidationException", message, status=400)
    if len(given["Value"].encode()) > (8192 if given.get("Tier") in ("Advanced", "Intelligent-Tiering") else 4096):
        message = "Standard tier parameters support a maximum parameter value of 4096 characters."
        raise AwsError("ValidationException", message, status=400)

"""Lists in pages."""

import base64
import binascii
from typing import Any

from sandbox.aws.call import Call
from sandbox.aws.errors import AwsError


def page(call: Call, items: list[Any], size: int = 100) -> tuple[list[Any], str | None]:
    """The page `maxResults` and `nextToken` ask for, and the token of the next one."""
    size = call.params.get("maxResults") or size
    token = call.params.get("nextToken")
    try:
        start = int(base64.b64decode(token, validate=True)) if token else 0
    except (binascii.Error, ValueError):
        raise AwsError("InvalidParameterException", "The nextToken parameter is invalid.", status=400) from None
    end = start + size
    return items[start:end], base64.b64encode(str(end).encode()).decode() if end < len(items) else None

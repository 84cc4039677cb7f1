"""Tokens as `aws eks get-token` makes them, signed by nobody."""

import base64
from datetime import datetime, timezone
from urllib.parse import urlencode


def presigned(**changes):
    query = {
        "Action": "GetCallerIdentity",
        "Version": "2011-06-15",
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "AKIAEXAMPLE/20261122/eu-west-1/sts/aws4_request",
        "X-Amz-Date": datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ"),
        "X-Amz-Expires": "60",
        "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
        "X-Amz-Signature": "0" * 64,
    }
    query.update({name.replace("_", "-"): value for name, value in changes.items()})
    return "http://127.0.0.1:5000/?" + urlencode({name: value for name, value in query.items() if value is not None})


def token(url=None, **changes):
    encoded = base64.urlsafe_b64encode((url or presigned(**changes)).encode()).decode().rstrip("=")
    return "k8s-aws-v1." + encoded

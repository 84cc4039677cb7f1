"""
EKS bearer tokens: ``k8s-aws-v1.`` and the base64url of a presigned STS GetCallerIdentity request.

The name of the cluster is in a signed header, ``x-k8s-aws-id``, not in the URL: only whoever checks the signature can tell
whether the token is for this cluster. Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

PREFIX = "k8s-aws-v1."
LIFETIME = timedelta(minutes=15)
CLOCK_SKEW = timedelta(minutes=5)
CLUSTER_HEADER = "x-k8s-aws-id"
PARAMETERS = {
    "action", "version", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token",
    "x-amz-signature", "x-amz-signedheaders",
}  # fmt: skip

Resolve = Callable[[str], "tuple[str, str, list[str]] | None"]
Verify = Callable[[str, "dict[str, str]"], bool]


class BadToken(Exception):
    """Why a token is refused, in words that name no secret."""


def identity(token: str, cluster: str, now: datetime | None = None) -> dict:
    """
    Decode a token and check all that can be checked without AWS.

    + token: as it stands after ``Bearer``
    + cluster: name of the cluster that was asked
    + now: the time to check against (UTC); the present unless given

    Answers ``accessKeyId``, ``sessionToken`` (whether the keys are temporary), ``region``, ``expires`` (datetime), and
    what to send to STS to check the signature: ``url`` and ``headers``. Raises BadToken.
    """
    url, query = _request(token)
    if query.get("action") != "GetCallerIdentity":
        raise BadToken("the presigned request is not sts GetCallerIdentity")
    if query.get("x-amz-algorithm") != "AWS4-HMAC-SHA256" or not query.get("x-amz-signature"):
        raise BadToken("the presigned request is not signed with AWS4-HMAC-SHA256")
    if CLUSTER_HEADER not in query.get("x-amz-signedheaders", "").lower().split(";"):
        raise BadToken(f"the header {CLUSTER_HEADER} is not signed")
    scope = query.get("x-amz-credential", "").split("/")
    if len(scope) != 5 or not scope[0] or scope[3:] != ["sts", "aws4_request"]:
        raise BadToken("the credential's scope is not <key>/<date>/<region>/sts/aws4_request")
    return {
        "accessKeyId": scope[0],
        "sessionToken": "x-amz-security-token" in query,
        "region": scope[2],
        "expires": _expires(query, now or datetime.now(timezone.utc)),
        "url": url,
        "headers": {CLUSTER_HEADER: cluster},
    }


def review(token_review: dict, cluster: str, resolve: Resolve, verify: Verify | None = None) -> dict:
    """
    Answer a TokenReview of the API server.

    + token_review: the object it POSTed
    + cluster: name of the cluster it belongs to
    + resolve: access key id -> (user name, uid, groups) of the principal's access entry, or ``None`` where there is none
    + verify: (url, headers) -> whether STS accepts this request; not asked unless given

    Never raises: what is wrong with the token is in ``status.error``, and the API server answers 401.
    """
    try:
        claimed = identity((token_review.get("spec") or {}).get("token") or "", cluster)
        if verify and not verify(claimed["url"], claimed["headers"]):
            raise BadToken(f"the signature is wrong, or the token is not for cluster {cluster}")
        principal = resolve(claimed["accessKeyId"])
        if principal is None:
            raise BadToken(f"the principal of {claimed['accessKeyId']} has no access entry in cluster {cluster}")
        username, uid, groups = principal
        extra = {"accessKeyId": [claimed["accessKeyId"]]}
        user = {"username": username, "uid": uid, "groups": list(groups), "extra": extra}
        status = {"authenticated": True, "user": user}
    except BadToken as refusal:
        status = {"authenticated": False, "error": str(refusal)}
    version = token_review.get("apiVersion", "authentication.k8s.io/v1")
    return {"apiVersion": version, "kind": "TokenReview", "status": status}


def _request(token: str) -> tuple[str, dict[str, str]]:
    if not token.startswith(PREFIX):
        raise BadToken(f"the token does not start with {PREFIX}")
    encoded = token.removeprefix(PREFIX)
    try:
        url = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True).decode("ascii")
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    except (binascii.Error, ValueError):
        raise BadToken("the token is not the base64url of a URL") from None
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise BadToken("the token is not a presigned request to STS")
    query = {name.lower(): value for name, value in pairs}
    if len(query) != len(pairs):
        raise BadToken("the presigned request gives a parameter twice")
    if unknown := sorted(query.keys() - PARAMETERS):
        raise BadToken(f"the presigned request has an unexpected parameter: {unknown[0]}")
    return url, query


def _expires(query: dict[str, str], now: datetime) -> datetime:
    try:
        signed = datetime.strptime(query.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        seconds = int(query.get("x-amz-expires", ""))
    except ValueError:
        raise BadToken("X-Amz-Date or X-Amz-Expires is missing or malformed") from None
    if not 0 <= seconds <= LIFETIME.total_seconds():
        raise BadToken(f"X-Amz-Expires is {seconds}, not between 0 and {LIFETIME.total_seconds():.0f} s")
    if signed > now + CLOCK_SKEW:
        raise BadToken("the token is signed in the future")
    if signed + LIFETIME < now:
        raise BadToken(f"the token expired {(now - signed - LIFETIME).total_seconds():.0f} s ago")
    return signed + LIFETIME

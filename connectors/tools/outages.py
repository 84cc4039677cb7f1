"""Failures of helm and kubectl that pass by themselves, told from those that stay: an API server that is busy, restarts or cannot be reached for a moment."""

from __future__ import annotations

import re

PAUSES = (2, 6, 16, 32)
"""Seconds before a command is run again."""

PASSING = {
    "the API server has too much to do": r"TooManyRequests|too many requests",
    "it, etcd or a webhook behind it failed": r"InternalError|Internal error occurred|an error on the server",
    "it is not ready": r"ServiceUnavailable|the server is currently unable to handle the request",
    "it did not answer in time": r"\((Server)?Timeout\)|unable to return a response in the time allotted|request did not complete within",
    "etcd elects a leader": r"etcdserver: (request timed out|leader changed|no leader|too many requests)",
    "nobody listens": r"connection refused|connect: no route to host|no endpoints available",
    "it took too long to answer a request": r'(Get|Post|Put|Patch|Delete) "https?://[^"]+": context deadline exceeded',
    "the connection ended": r"connection reset by peer|broken pipe|\bEOF\b|http2: client connection lost|GOAWAY|stream error: stream ID",
    "the connection did not come about": r"TLS handshake timeout|i/o timeout|dial tcp.*context deadline exceeded|Client\.Timeout exceeded",
}
"""
What they say. Source: k8s.io/apimachinery/pkg/api/errors (reasons and messages), go.etcd.io/etcd/api/v3rpc/rpctypes/error.go,
k8s.io/apiserver/pkg/admission/plugin/webhook/errors (webhooks), Go's net, net/http and crypto/tls.
"""

STAYING = r"\((Forbidden|Unauthorized|Invalid|BadRequest|NotFound|Conflict|AlreadyExists|MethodNotAllowed)\)|is forbidden|is invalid|denied the request"
"""What no second try changes, whatever else is said."""


def passes(error: str) -> bool:
    """
    Whether a command that failed may do better when it is run again.

    + error: what it said
    """
    return any(re.search(text, error) for text in PASSING.values()) and not re.search(STAYING, error)

"""What libraries log is held back: at their debug level they print requests and answers, secrets included."""

from __future__ import annotations

import logging

CHATTY = ("boto3", "botocore", "s3transfer", "urllib3", "kubernetes", "client")
"""The libraries that talk to AWS and Kubernetes; the Kubernetes package also has a logger called ``client``."""


def hold() -> None:
    """Let these loggers say warnings at most, whatever the root logger is set to (``--debug-all`` sets it to debug)."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)

"""Sessions with AWS: one for the caller in each process, however many deployments there are, so that nobody signs in twice."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

from botocore import credentials as botocore_credentials
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.loaders import create_loader
from botocore.session import Session

_MAKING = threading.RLock()
"""A session of botocore makes one client at a time."""


class Credentials(NamedTuple):
    """A key of AWS and its secret."""

    key: str
    secret: str


@cache
def client(service: str, region: str, endpoint: str | None = None, credentials: Credentials | None = None):
    """
    A client of a service, one for all deployments of a region. Calls are sent once: `connectors.aws.sending` decides whether to send them again.

    + service, region: of the client
    + endpoint: where it is, ``None`` for boto3's own choice
    + credentials: ``None`` for the caller's own
    """
    config = Config(
        retries={"total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=10 if service == "sts" else 60,
        max_pool_connections=32,
        s3={"addressing_style": "path"} if endpoint else None,
        proxies={} if endpoint and urlsplit(endpoint).hostname in ("127.0.0.1", "localhost") else None,
    )
    with _MAKING:
        return _session(credentials is None).create_client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=credentials.key if credentials else None,
            aws_secret_access_key=credentials.secret if credentials else None,
            config=config,
        )


def signing(credentials: Credentials | None = None):
    """What requests are signed with; raises `NoCredentialsError`."""
    with _MAKING:
        found = botocore_credentials.Credentials(*credentials) if credentials else _session(True).get_credentials()
    if found is None:
        raise NoCredentialsError()
    return found


@cache
def _session(callers: bool) -> Session:
    """The caller's session (profile, environment, single sign-on or role, as in any boto3 program), or one that knows of nobody."""
    nobody = {"profile": (None, None, None, None), "config_file": (None, None, os.devnull, None), "credentials_file": (None, None, os.devnull, None)}
    session = Session(session_vars=None if callers else nobody)
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader():
    return create_loader(os.environ.get("AWS_DATA_PATH"))

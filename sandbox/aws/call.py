"""One call of an AWS API, as the service's own model reads it."""

import io
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

SCOPE = re.compile(r"Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
MODELS = {
    "aps": "amp",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
}
"""Where the name a service signs with is not that of its model."""

CLASSIC = "2012-06-01"
"""The version of the API of classic load balancers, which signs with the name of the others."""

READS = ("Describe", "Get", "List", "Head", "Lookup", "BatchGet", "Search", "Query", "Filter", "Simulate", "Validate", "AssumeRole")
READS += ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "DecodeAuthorizationMessage", "TestEventPattern", "StartQuery", "ReceiveMessage")


class Unreadable(Exception):
    """The request names no operation of a service the sandbox plays."""


@dataclass
class Call:
    """`service` and `action` as botocore names them, `params` as boto3 takes them."""

    environ: dict
    body: bytes
    service: str
    region: str
    access_key: str
    action: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    account: str = ""
    principal: str = ""
    answer: Any = None
    fault: str | None = None
    told: dict = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        return not self.action.startswith(READS)

    @property
    def partition_arn(self) -> str:
        """`arn:aws:<service>:<region>:<account>`."""
        return f"arn:aws:{self.service}:{self.region}:{self.account}"

    @cached_property
    def request(self) -> Request:
        self.environ["wsgi.input"] = io.BytesIO(self.body)
        request = Request(self.environ)
        request.from_wsgi_server = True
        return request

    @cached_property
    def operation(self) -> OperationModel:
        return get_service_model(self.service).operation_model(self.action)

    @cached_property
    def protocol(self) -> str:
        return determine_request_protocol(get_service_model(self.service), self.environ.get("CONTENT_TYPE", ""))


def read_call(environ: dict) -> Call:
    """The call in a WSGI request; its body can be read again afterwards."""
    body = read_body(environ)
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    if not authorization and "X-Amz-Credential" in environ.get("QUERY_STRING", ""):
        authorization = "Credential=" + parse_qs(environ["QUERY_STRING"])["X-Amz-Credential"][0]
    scope = SCOPE.search(authorization)
    if scope:
        call = Call(environ, body, MODELS.get(scope["service"], scope["service"]), scope["region"], scope["key"])
    else:
        call = Call(environ, body, "s3", "us-east-1", "")
    read_operation(call)
    environ["wsgi.input"] = io.BytesIO(body)
    return call


def read_body(environ: dict) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        body = environ["wsgi.input"].read()
        del environ["HTTP_TRANSFER_ENCODING"]
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def read_operation(call: Call) -> None:
    request, uri = call.request, {}
    target = environ_target(call.environ)
    if call.service == "elbv2" and request.values.get("Version") == CLASSIC:
        call.service = "elb"
    try:
        if target:
            call.action = target
        elif "Action" in request.values:
            call.action = request.values["Action"]
        else:
            operation, uri = get_service_router(call.service).match(request)
            call.action = str(operation.name)
        if call.service == "s3" and call.action in ("PutObject", "UploadPart"):
            call.params = dict(uri)
            return
        parser = PROTOCOL_PARSERS[call.protocol](call.operation)
        call.params = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": uri,
            }
        )
    except Exception as error:
        raise Unreadable(f"{call.service} {request.method} {request.path}: {error}") from error


def environ_target(environ: dict) -> str | None:
    target = environ.get("HTTP_X_AMZ_TARGET")
    return target.rsplit(".", 1)[-1] if target else None

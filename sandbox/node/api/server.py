"""The kubelet's API of all nodes: what the API server asks at port 10250, through its egress."""

import asyncio
import logging
import ssl
from http import HTTPStatus
from pathlib import Path

from sandbox.node.api import container_logs, execution, forwarding
from sandbox.node.api.requests import Refused, Request
from sandbox.node.network import relays

SOCKET = "kubelet.sock"
PORT = 10250
log = logging.getLogger(__name__)


async def serve(node, certificate: Path) -> None:
    """
    Listen on a socket in the working directory, with TLS.

    + node: the pods (``pods.node``)
    + certificate: `<name>.crt`, beside its key
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await Request.read(reader, writer)
            try:
                await _answer(node, request)
            except Refused as refused:
                await request.answer(refused.status, str(refused))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError) as error:
            log.info("the kubelet's API: %s", error)
        except Exception:
            log.exception("the kubelet's API")
        finally:
            writer.close()

    await asyncio.start_unix_server(relays.held(connection), SOCKET, ssl=context)


async def _answer(node, request: Request) -> None:
    kind, *rest = request.path
    if kind == "healthz":
        return await request.answer(HTTPStatus.OK, "ok")
    if kind not in ("containerLogs", "exec", "portForward") or len(rest) < 2:
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, f"the sandbox's kubelet has no /{kind}")
    namespace, pod = rest[:2]
    worker = node.find(namespace, pod)
    if worker is None:
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, f"no container runs in pod {namespace}/{pod}: the sandbox only plays it")
    if kind == "portForward":
        return await forwarding.serve(request, str(worker.network))
    container = worker.container(rest[-1])
    if container is None:
        raise Refused(HTTPStatus.NOT_FOUND, f'container "{rest[-1]}" not found in pod "{pod}_{namespace}"')
    if kind == "containerLogs":
        return await container_logs.serve(request, worker, container)
    if container.run is None or not container.condition.running:
        raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, f'container not found ("{rest[-1]}")')
    return await execution.serve(request, container.run)

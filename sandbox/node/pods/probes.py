"""One probe of a container: whether it answers now."""

import asyncio
import contextlib
import os
import ssl
from collections.abc import Awaitable, Callable

Exec = Callable[[list[str], float], Awaitable[tuple[int, str]]]


async def ask(probe: dict, container: dict, address: str, timeout: float, execute: Exec) -> str | None:
    """
    Why a probe fails, in a kubelet's words; ``None`` where it succeeds.

    + probe: of the container's spec
    + address: of the pod
    + timeout: in seconds
    + execute: runs a command in the container: (command, timeout) -> exit code and output; TimeoutError
    """
    try:
        if "exec" in probe:
            code, said = await execute(probe["exec"]["command"], timeout)
            return said.strip() or f"exit status {code}" if code else None
        if "httpGet" in probe:
            return await asyncio.wait_for(_http(probe["httpGet"], container, address), timeout)
        if "tcpSocket" in probe:
            return await asyncio.wait_for(_tcp(probe["tcpSocket"], container, address), timeout)
    except asyncio.TimeoutError:
        return f"command timed out after {timeout:g}s" if "exec" in probe else "context deadline exceeded (timeout while awaiting headers)"
    except OSError as error:
        return f"dial tcp {address}: connect: {os.strerror(error.errno).lower()}" if error.errno else str(error)
    return "the sandbox's node has no probe of this kind"


def port_of(port: int | str, container: dict) -> int:
    """The number of a port that may be given by its name."""
    if isinstance(port, int) or port.isdigit():
        return int(port)
    return next((each["containerPort"] for each in container.get("ports") or () if each.get("name") == port), 0)


async def _tcp(probe: dict, container: dict, address: str) -> None:
    _, writer = await asyncio.open_connection(probe.get("host") or address, port_of(probe["port"], container))
    writer.close()


async def _http(probe: dict, container: dict, address: str) -> str | None:
    secure = ssl.create_default_context() if probe.get("scheme", "HTTP") == "HTTPS" else None
    if secure:
        secure.check_hostname, secure.verify_mode = False, ssl.CERT_NONE
    host, port = probe.get("host") or address, port_of(probe["port"], container)
    reader, writer = await asyncio.open_connection(host, port, ssl=secure)
    try:
        headers = {"Host": f"{host}:{port}", "User-Agent": "kube-probe/1.36", "Accept": "*/*", "Connection": "close"}
        headers |= {header["name"]: header["value"] for header in probe.get("httpHeaders") or ()}
        lines = [f"GET {probe.get('path') or '/'} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        words = (await reader.readline()).split()
        if len(words) < 2 or not words[1].isdigit():
            return "malformed HTTP response"
        status = int(words[1])
        return None if 200 <= status < 400 else f"HTTP probe failed with statuscode: {status}"
    finally:
        with contextlib.suppress(OSError):
            writer.close()

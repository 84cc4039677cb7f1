"""Names and Services in the machine."""

import asyncio
import gc
import socket
import struct

import pytest

from sandbox.node.network import dns, relays
from sandbox.node.network.names import Names
from sandbox.node.network.services import Services


def service(name, address, *ports, **spec):
    return {"metadata": {"name": name, "namespace": "airflow"}, "spec": {"clusterIP": address, "ports": list(ports), **spec}}


def endpoints(name, *given, **ports):
    piece = [{"addresses": [address], "conditions": {"ready": ready}, **more} for address, ready, more in given]
    labels = {"kubernetes.io/service-name": name}
    return {"metadata": {"name": name, "labels": labels}, "ports": [{"name": key, "port": port} for key, port in ports.items()], "endpoints": piece}


def world(*services, slices=(), ours=lambda address: True):
    known = {("airflow", each["metadata"]["name"]): each for each in services}
    return Services(ours, known, {("airflow", each["metadata"]["name"]): each for each in slices})


def query(name, kind=1):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return b"\x12\x34\x01\x00\0\1\0\0\0\0\0\0" + labels + b"\0" + struct.pack("!HH", kind, 1)


def asked(names, name, kind=1):
    """Return code and addresses of the answer."""
    answer = dns.answer(query(name, kind), names)
    assert answer[:2] == b"\x12\x34" and answer[2] & 0x80
    count = struct.unpack("!H", answer[6:8])[0]
    return answer[3] & 15, sorted(socket.inet_ntoa(answer[len(answer) - 16 * n + 12 :][:4]) for n in range(1, count + 1))


def test_dns_knows_services_their_endpoints_and_the_world_it_was_told_of():
    ready, unready = ("100.64.128.2", True, {"hostname": "a-0"}), ("100.64.128.3", False, {"hostname": "a-1"})
    known = world(service("web", "172.20.5.5"), service("all", "None"), slices=[endpoints("all", ready, unready)])
    names = Names(known.addresses, known.address_of)
    names.give("db.xyz.eu-west-1.rds.amazonaws.com", "198.18.1.1")
    assert asked(names, "web.airflow.svc.cluster.local") == (0, ["172.20.5.5"])
    assert asked(names, "WEB.Airflow.svc.cluster.local") == (0, ["172.20.5.5"])
    assert asked(names, "web.airflow.svc.cluster.local", kind=28) == (0, [])
    assert asked(names, "all.airflow.svc.cluster.local") == (0, ["100.64.128.2"])
    assert asked(names, "a-1.all.airflow.svc.cluster.local") == (0, ["100.64.128.3"])
    assert asked(names, "db.xyz.eu-west-1.rds.amazonaws.com") == (0, ["198.18.1.1"])
    assert asked(names, "s3.eu-west-1.amazonaws.com") == (0, ["198.18.0.1"])
    for nothing in ("no.airflow.svc.cluster.local", "web", "web.airflow", "example.org", "web.other.svc.cluster.local"):
        assert asked(names, nothing) == (3, []), nothing


@pytest.mark.parametrize("message", [b"", b"\0" * 11, b"\x12\x34\x01\x00\0\1\0\0\0\0\0\0\x3fx"])
def test_dns_passes_over_what_is_no_query(message):
    with pytest.raises(ValueError):
        dns.answer(message, Names(lambda *_: None, lambda *_: None))


def test_a_relay_outlives_the_garbage_collector():
    """Both sides have ended one direction and wait: nothing but the relay itself knows of its task."""

    async def scenario():
        arrived = []

        async def slow(reader, writer):
            arrived.append(await reader.read())
            await asyncio.sleep(0.3)
            writer.write(b"late")
            writer.close()

        served = await asyncio.start_server(slow, "127.0.0.1", 0)
        relay = await asyncio.start_server(relays.to(relays.address(*served.sockets[0].getsockname())), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*relay.sockets[0].getsockname())
        writer.write_eof()
        await asyncio.sleep(0.1)
        gc.collect()
        assert relays._held
        assert await reader.read() == b"late" and arrived == [b""]
        writer.close()
        served.close()
        relay.close()

    asyncio.run(scenario())


def test_a_service_leads_to_ready_endpoints_and_refuses_without_one():
    async def scenario():
        served = await asyncio.start_server(lambda reader, writer: (writer.write(b"hello"), writer.close()), "127.0.0.1", 0)
        port = served.sockets[0].getsockname()[1]
        known = world(service("web", "127.0.0.77", {"name": "http", "port": 18080}))

        async def answers(*given, **ports):
            known.slices = {("airflow", "web"): endpoints("web", *given, **ports)}
            await known.settle()
            try:
                reader, writer = await asyncio.open_connection("127.0.0.77", 18080)
            except ConnectionRefusedError:
                return None
            said = await reader.read()
            writer.close()
            return said

        assert await answers() is None
        assert await answers(("127.0.0.1", False, {}), http=port) is None
        assert await answers(("127.0.0.1", True, {}), metrics=port) is None
        assert await answers(("127.0.0.1", True, {}), http=port) == b"hello"
        assert await answers(("127.0.0.1", False, {}), http=port) is None
        known.ours = lambda address: False
        assert await answers(("127.0.0.1", True, {}), http=port) is None
        known.services.clear()
        await known.settle()
        assert not known.listening
        served.close()

    asyncio.run(scenario())

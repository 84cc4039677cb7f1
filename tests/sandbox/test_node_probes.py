"""Probes and their thresholds, and how long a container that ended waits."""

import asyncio

import pytest

from sandbox.node.pods import backoff, probes
from sandbox.node.pods.probing import Probing
from sandbox.node.pods.status import Condition

EXEC = {"exec": {"command": ["ask"]}, "periodSeconds": 0.01, "timeoutSeconds": 1}


def observed(container, answers, seconds=2.0, stretch=1):
    """What became of a container whose exec probes answer in turn, the last answer for good: its end, readiness over time, warnings."""
    told, ready, left = [], [], list(answers)

    async def execute(command, timeout):
        good = left.pop(0) if len(left) > 1 else left[0]
        return (0, "") if good else (1, "not well")

    async def scenario():
        condition = Condition({"name": "c", **container}, {"running": {}})
        changed = lambda: ready.append(condition.ready)  # noqa: E731
        probing = Probing(condition, "127.0.0.1", asyncio.Semaphore(1), stretch, execute, changed, lambda *words: told.append(words))
        try:
            return await asyncio.wait_for(probing.run(), seconds)
        except asyncio.TimeoutError:
            return None

    return asyncio.run(scenario()), ready, told


def test_a_container_without_probes_is_ready_at_once():
    assert observed({}, [True], 0.05) == (None, [True], [])


def test_readiness_comes_and_goes_with_its_thresholds():
    probe = {**EXEC, "successThreshold": 2, "failureThreshold": 3}
    answers = [False, True, False, True, True, False, False, True, False, False, False, True, True]
    end, ready, told = observed({"readinessProbe": probe}, answers, 0.5)
    assert end is None and ready == [False, True, False, True]
    assert told[0] == ("Unhealthy", "Readiness probe failed: not well") and len(told) == 7


def test_a_liveness_probe_ends_the_container_after_as_many_failures_in_a_row():
    end, _, told = observed({"livenessProbe": {**EXEC, "failureThreshold": 3}}, [True, False, False, True, False])
    assert end == "liveness" and len(told) == 5 and {words[1] for words in told} == {"Liveness probe failed: not well"}


def test_a_startup_probe_holds_the_others_back_and_ends_the_container_in_the_end():
    startup = {**EXEC, "failureThreshold": 4}
    assert observed({"startupProbe": startup, "readinessProbe": EXEC}, [False])[:2] == ("startup", [])
    assert observed({"startupProbe": startup, "readinessProbe": EXEC}, [False, False, True, True], 0.5)[:2] == (None, [False, True])


def test_stretched_a_startup_probe_may_fail_more_often():
    assert len(observed({"startupProbe": {**EXEC, "failureThreshold": 2}}, [False], stretch=3)[2]) == 6


def asked(probe, container=None):
    async def execute(command, timeout):
        raise asyncio.TimeoutError

    return asyncio.run(probes.ask(probe, container or {}, "127.0.0.1", 0.3, execute))


def test_an_exec_probe_that_takes_too_long_has_failed():
    assert asked(EXEC) == "command timed out after 0.3s"


@pytest.mark.parametrize(
    "status, why", [(200, None), (302, None), (404, "HTTP probe failed with statuscode: 404"), (503, "HTTP probe failed with statuscode: 503")]
)
def test_an_http_probe_takes_2xx_and_3xx(status, why):
    async def execute(command, timeout):
        raise NotImplementedError

    async def scenario():
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {status} x\r\n\r\n".encode())
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        ports = [{"name": "web", "containerPort": server.sockets[0].getsockname()[1]}]
        answer = await probes.ask({"httpGet": {"path": "/health", "port": "web"}}, {"ports": ports}, "127.0.0.1", 2, execute)
        tcp = await probes.ask({"tcpSocket": {"port": "web"}}, {"ports": ports}, "127.0.0.1", 2, execute)
        server.close()
        return answer, tcp

    assert asyncio.run(scenario()) == (why, None)


def test_a_port_that_nobody_listens_on_fails_its_probe():
    assert "refused" in asked({"tcpSocket": {"port": 1}}) and "refused" in asked({"httpGet": {"port": 1}})


def test_the_back_off_doubles_to_five_minutes_and_forgives_who_was_well(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(backoff.time, "monotonic", lambda: clock[0])
    waits = backoff.BackOff()
    waits.starting()
    assert [waits.wait() for _ in range(8)] == [0, 10, 20, 40, 80, 160, 300, 300]
    waits.starting()
    clock[0] += 601
    assert waits.wait() == 0

"""A sandbox in a network namespace that has a loopback interface and nothing else."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from roundtrip_world import Box
from running import ROOT

ASK = "import sys, urllib.request as r; print(r.build_opener(r.ProxyHandler({})).open(sys.argv[1]).read().decode())"
HOLD = "ip link set lo up && echo up && exec cat"


class Alone(Box):
    """
    A box whose programs reach this machine's loopback no more than any other network.

    + holder: a process of the namespace
    """

    def __init__(self, directory: Path, holder: int):
        super().__init__(directory)
        self.prefix = ["nsenter", "--target", str(holder), "--net", *([] if os.geteuid() == 0 else ["--user", "--preserve-credentials"])]

    def command(self, verb, *flags, **given) -> list[str]:
        return [*self.prefix, *super().command(verb, *flags, **given)]

    def sandbox(self, *words) -> subprocess.CompletedProcess:
        return self.within(sys.executable, "-m", "sandbox", *map(str, words))

    def within(self, *words) -> subprocess.CompletedProcess:
        """A command in the namespace."""
        return subprocess.run([*self.prefix, *words], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=900)

    def ask(self, route):
        return json.loads(self.within(sys.executable, "-c", ASK, f"{self.endpoint}/sandbox/{route}").stdout)

    def attempts(self) -> dict[str, int]:
        """How often somebody wanted to send to an address that the namespace has no route to, since it exists (IPv4, IPv6)."""
        names, numbers = [line.split() for line in self.within("cat", "/proc/net/snmp").stdout.splitlines() if line.startswith("Ip:")]
        six = dict(line.split() for line in self.within("cat", "/proc/net/snmp6").stdout.splitlines())
        return {"IPv4": int(dict(zip(names, numbers, strict=True))["OutNoRoutes"]), "IPv6": int(six["Ip6OutNoRoutes"])}

    def interfaces(self) -> list[str]:
        """Those of the namespace."""
        return [line.split(":")[0].strip() for line in self.within("cat", "/proc/net/dev").stdout.splitlines()[2:]]


@contextlib.contextmanager
def alone():
    """A box in a namespace of its own, that is ended however the test ends; LookupError where this machine makes none."""
    own = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    with subprocess.Popen([*own, "sh", "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as holder:
        if holder.stdout.readline() != "up\n":
            raise LookupError(holder.stderr.read().strip())
        box = Alone(Path(tempfile.mkdtemp(prefix="aoe-")), holder.pid)
        try:
            yield box
        finally:
            box.end()
            holder.stdin.close()

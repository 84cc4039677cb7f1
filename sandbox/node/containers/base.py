"""What every container has of this machine: its /usr, read-only, and an /etc of its own."""

import os

from sandbox.node.network.names import DOMAIN

DIRECTORIES = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
SHARED = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "protocols", "services", "ssl", "ca-certificates")
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt",)
ROOT, NOBODY = "root:x:0:0:root:/root:/bin/sh", "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin"
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


def steps(bundle: str | None = None) -> list[list]:
    """
    Steps of ``machine.root``.

    + bundle: the authorities to trust, in the place of the machine's own
    """
    made = [["bind", "/usr", "/usr", True]]
    for name in DIRECTORIES:
        path = f"/{name}"
        if os.path.islink(path):
            made.append(["link", path, os.readlink(path)])
        elif os.path.isdir(path):
            made.append(["bind", path, path, True])
    made += [["directory", path, 0o755] for path in ("/etc", "/home", "/opt", "/run", "/var")]
    made += [["directory", "/root", 0o700], ["directory", "/tmp", 0o1777], ["directory", "/var/tmp", 0o1777], ["link", "/var/run", "/run"]]
    for name in SHARED:
        path = f"/etc/{name}"
        if os.path.exists(path):
            made.append(["bind", os.path.realpath(path), path, True])
    return made + ([["bind", bundle, path, True] for path in BUNDLES if os.path.exists(path)] if bundle else [])


def users(more: tuple[str, ...]) -> tuple[str, str]:
    """/etc/passwd and /etc/group."""
    lines = [ROOT, NOBODY, *more]
    groups = {"0": "root", "65534": "nogroup"}
    for line in more:
        groups.setdefault(line.split(":")[3], line.split(":")[0])
    return "".join(f"{line}\n" for line in lines), "".join(f"{name}:x:{number}:\n" for number, name in groups.items())


def hosts(address: str, pod: dict) -> str:
    """/etc/hosts, as a kubelet writes it."""
    name, namespace = pod["spec"].get("hostname") or pod["metadata"]["name"], pod["metadata"]["namespace"]
    domain = f"{name}.{pod['spec']['subdomain']}.{namespace}.svc.{DOMAIN}\t" if pod["spec"].get("subdomain") else ""
    own = [f"{address}\t{domain}{name}"]
    own += [f"{alias['ip']}\t{' '.join(alias['hostnames'])}" for alias in pod["spec"].get("hostAliases") or ()]
    return "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" + "\n".join(own) + "\n"


def resolver(namespace: str, server: str) -> str:
    """/etc/resolv.conf of a pod whose dnsPolicy is ClusterFirst."""
    return f"search {namespace}.svc.{DOMAIN} svc.{DOMAIN} {DOMAIN}\nnameserver {server}\noptions ndots:5\n"

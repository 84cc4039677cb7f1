"""What the machine serves in the name of AWS, and who believes it."""

import shutil
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.kubernetes.certificates import Authority


BUNDLE = "trusted.pem"
"""In the node's directory: the public authorities and the sandbox's own; containers see it in the place of their images' bundles."""


def write_certificates(directory: Path, authority: "Authority", region: str) -> None:
    """
    Write the certificates of the kubelet and of AWS's endpoints, and the bundle, to the node's directory.

    + authority: signs them; the files are copied where its directory is another
    """
    import certifi

    names = [f"*.{region}.amazonaws.com", "*.amazonaws.com", f"*.s3.{region}.amazonaws.com", "*.s3.amazonaws.com", f"*.ecr.{region}.amazonaws.com"]
    for name, hosts in (("amazonaws", names), ("kubelet", ["kubelet"])):
        authority.serve(name, *hosts)
        for suffix in ("crt", "key"):
            if authority.directory != directory:
                shutil.copy2(authority.directory / f"{name}.{suffix}", directory)
    (directory / BUNDLE).write_bytes(Path(certifi.where()).read_bytes() + b"\n" + authority.pem)


def context(name: str) -> ssl.SSLContext:
    """Of a server with one of these certificates, in the working directory."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{name}.crt", f"{name}.key")
    return made

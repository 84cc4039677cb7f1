"""The certificates that pods serve with."""

import base64
import binascii
import re
import ssl
import tempfile
import threading
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from sandbox.kubernetes.api import Api
from sandbox.kubernetes.certificates import Authority

SERVICE = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\.svc")
CERTIFICATE, KEY = b"-----BEGIN CERTIFICATE-----", b" PRIVATE KEY-----"
RELEASES = "helm.sh/release.v1"
PUBLIC = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo


class Serving:
    """
    The TLS contexts of the pods that kwok plays.

    + kubeconfig: of a cluster's administrator
    + authority: the cluster's, for a name that no Secret has a certificate of: what does not trust it refuses it, as it would refuse
      any that is not the right one
    """

    def __init__(self, kubeconfig: Path, authority: Authority):
        self._api, self._authority = Api(kubeconfig), authority
        self._lock = threading.Lock()

    def context(self) -> ssl.SSLContext:
        """A context that takes the certificate of the Service it is called by, ``<name>.<namespace>.svc``, else a kubelet's."""
        context = self._of_authority("kubelet")
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> None:
        if service := SERVICE.fullmatch(name or ""):
            connection.context = self._of_secret(service[2], name) or self._of_authority(name)

    def _of_secret(self, namespace: str, name: str) -> ssl.SSLContext | None:
        for secret in self._api.items(f"/api/v1/namespaces/{namespace}/secrets", fieldSelector=f"type!={RELEASES}"):
            if pair := pair_for(name, secret.get("data") or {}):
                with tempfile.NamedTemporaryFile(dir=self._authority.directory) as file:
                    file.write(b"\n".join(pair))
                    file.flush()
                    return _context(file.name)
        return None

    def _of_authority(self, name: str) -> ssl.SSLContext:
        certificate = self._authority.directory / f"{name}.crt"
        with self._lock:
            if not certificate.exists():
                self._authority.serve(name, name)
        return _context(certificate, certificate.with_suffix(".key"))


def pair_for(name: str, data: dict[str, str]) -> tuple[bytes, bytes] | None:
    """The certificate for a DNS name among a Secret's entries and its private key, both PEM, whatever the entries are called."""
    entries = [decoded for value in data.values() if (decoded := _decoded(value))]
    keys = {_public(entry): entry for entry in entries if KEY in entry}
    for entry in entries:
        if entry.startswith(CERTIFICATE) and keys:
            leaf = x509.load_pem_x509_certificate(entry)
            if name in _names(leaf) and (key := keys.get(leaf.public_key().public_bytes(*PUBLIC))):
                return entry, key
    return None


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value).strip()
    except binascii.Error:
        return b""


def _public(key: bytes) -> bytes | None:
    try:
        return serialization.load_pem_private_key(key, None).public_key().public_bytes(*PUBLIC)
    except (ValueError, TypeError):
        return None


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        return []


def _context(certificate: Path | str, key: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context

"""A certificate authority for one control plane, and what it signs."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = datetime.timedelta(days=3650)


class Authority:
    """
    A new certificate authority of the shape of EKS's: neither it nor what it signs has key identifiers, unless it stands for a public one.

    Files go to a directory as ``<name>.crt`` and ``<name>.key``.

    + directory: where ``ca.crt`` and ``ca.key`` are written
    + name: its common name
    + public: whether it stands for a public one, with key identifiers (RFC 5280)
    """

    def __init__(self, directory: Path, name: str = "kubernetes", public: bool = False):
        self.directory, self._public = directory, public
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _common_name(name)
        usage = x509.KeyUsage(True, False, True, False, False, True, False, False, False)
        certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        self._write("ca", self._key, self.pem)

    def serve(self, name: str, *hosts: str) -> None:
        """Sign a server's certificate for these DNS names and addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(_common_name(name), key)
            .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._write(name, key, certificate.public_bytes(serialization.Encoding.PEM))

    def identify(self, name: str) -> None:
        """Sign a client's certificate whose common name this is."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(_common_name(name), key)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._write(name, key, certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, key) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + LIFETIME)
        )
        if not self._public:
            return builder
        return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
        )

    def _write(self, name: str, key, certificate: bytes) -> None:
        (self.directory / f"{name}.crt").write_bytes(certificate)
        write_key(self.directory / f"{name}.key", key)


def write_key(path: Path, key=None) -> None:
    """Write a private key, a new one unless given, readable by its owner only."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))


def _common_name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)

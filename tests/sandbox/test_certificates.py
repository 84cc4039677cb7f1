"""What the control plane's authority signs has the shape of EKS's own: RFC 5280's key identifiers are absent, which strict clients refuse."""

import pytest
from cryptography import x509

from sandbox.kubernetes.certificates import Authority


@pytest.mark.parametrize("name", ["ca", "server"])
def test_there_are_no_key_identifiers(tmp_path, name):
    Authority(tmp_path).serve("server", "127.0.0.1")
    present = {extension.oid for extension in x509.load_pem_x509_certificate((tmp_path / f"{name}.crt").read_bytes()).extensions}
    assert not present & {x509.AuthorityKeyIdentifier.oid, x509.SubjectKeyIdentifier.oid}

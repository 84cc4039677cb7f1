"""What the control plane's authority signs has the shape of EKS's own: RFC 5280's key identifiers are absent, which strict clients refuse."""

import ssl

import pytest

from sandbox.kubernetes.certificates import Authority


def greeted(directory, flags) -> bool:
    """Whether a client with these flags takes the server's certificate."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(directory / "server.crt", directory / "server.key")
    asking = ssl.create_default_context(cafile=directory / "ca.crt")
    asking.verify_flags = flags(asking.verify_flags)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    server, client = serving.wrap_bio(there, back, server_side=True), asking.wrap_bio(back, there, server_hostname="127.0.0.1")
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            assert "Key Identifier" in str(error)
            return False
    return True


@pytest.mark.parametrize("public", [False, True])
def test_only_the_authority_that_stands_for_a_public_one_is_taken_strictly(tmp_path, public):
    Authority(tmp_path, public=public).serve("server", "127.0.0.1")
    assert greeted(tmp_path, lambda flags: flags & ~ssl.VERIFY_X509_STRICT)
    assert greeted(tmp_path, lambda flags: flags | ssl.VERIFY_X509_STRICT) is public

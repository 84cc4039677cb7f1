"""Webhook configurations, the Service and pods behind them, and a webhook that is a process."""

import base64
import contextlib
import datetime
import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kubernetes_world import eventually

from sandbox.kubernetes.api import ApiError

CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
CORE = "/api/v1/namespaces/default"


def service(api, name, ready=True, port=9443):
    """A Service with one ready pod behind it, or none."""
    api.create(f"{CORE}/services", {"metadata": {"name": name}, "spec": {"selector": {"app": name}, "ports": [{"port": 443, "targetPort": port}]}})
    if ready:
        container = {"name": "webhook", "image": "example.com/webhook:1"}
        api.create(f"{CORE}/pods", {"metadata": {"name": name, "labels": {"app": name}}, "spec": {"containers": [container]}})
        return eventually(lambda: ready_address(api, name))


def ready_address(api, name):
    slices = api.items("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", labelSelector=f"kubernetes.io/service-name={name}")
    found = [e["addresses"][0] for s in slices for e in s["endpoints"] or () if e["conditions"]["ready"]]
    return found[0] if found else None


@contextlib.contextmanager
def webhook(api, name, bundle=None, url=None, policy="Fail", timeout=10):
    """A validating webhook of the ConfigMaps that are labelled with its name."""
    client = {"url": url} if url else {"service": {"name": name, "namespace": "default", "path": "/validate", "port": 443}}
    entry = {
        "name": f"{name}.example.com",
        "clientConfig": {**client, "caBundle": base64.b64encode(bundle).decode()} if bundle else client,
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}],
        "objectSelector": {"matchLabels": {"judged-by": name}},
        "failurePolicy": policy,
        "timeoutSeconds": timeout,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    nobody = {"service": {"name": "nobody", "namespace": "default"}}
    marker = {**entry, "name": f"seen.{entry['name']}", "clientConfig": nobody, "failurePolicy": "Fail", "objectSelector": {"matchLabels": {"awaits": name}}}
    api.create(CONFIGURATIONS, {"metadata": {"name": name}, "webhooks": [entry, marker]})
    try:
        eventually(lambda: in_force(api, name))
        yield
    finally:
        api.delete(f"{CONFIGURATIONS}/{name}")


def in_force(api, name):
    """Whether the API server has heard of a configuration: its second webhook refuses what is labelled so."""
    try:
        api.create(f"{CORE}/configmaps?dryRun=All", {"metadata": {"generateName": "awaits-", "labels": {"awaits": name}}})
    except ApiError:
        return True


def judged(api, name):
    """Create a ConfigMap that the webhook judges; answers what the API server says."""
    api.create(f"{CORE}/configmaps", {"metadata": {"generateName": "judged-", "labels": {"judged-by": name}}})


def signed(name):
    """A certificate authority of its own (PEM), and the certificate and key it made for a DNS name."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(serialization.Encoding.PEM), pem


@contextlib.contextmanager
def refusing(directory, name):
    """A process that refuses, behind TLS on a unix socket; its path and its authority."""
    bundle, key = signed(f"{name}.default.svc")
    (directory / "pair.pem").write_bytes(bundle + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "pair.pem")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(directory / "webhook.sock"))
    listener.listen()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                Refusing(context.wrap_socket(listener.accept()[0], server_side=True), None, None)

    threading.Thread(target=serve, daemon=True).start()
    yield directory / "webhook.sock", bundle
    listener.close()


class Refusing(BaseHTTPRequestHandler):
    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        response = {"uid": review["request"]["uid"], "allowed": False, "status": {"message": "not like this"}}
        body = json.dumps({**review, "response": response}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

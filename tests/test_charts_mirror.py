"""The pinned charts come from a repository into a directory or a registry, each with its checksum, and install takes them from there."""

import hashlib
import subprocess
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from connectors.tools import tools
from deploys import charts
from operations.helm import origin_of

STAND_INS = Path(__file__).parents[1] / "sandbox" / "charts"
CHARTS = ("airflow", "kubecost")


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Registry(BaseHTTPRequestHandler):
    """As much of an OCI registry as a push needs. Source: https://github.com/opencontainers/distribution-spec"""

    kept: dict[str, bytes] = {}

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        found = self.kept.get(self.path)
        kind = "application/vnd.oci.image.manifest.v1+json" if "/manifests/" in self.path else "application/octet-stream"
        self.answer(200 if found else 404, found or b"", Content_Type=kind, **({"Docker_Content_Digest": digest(found)} if found else {}))

    def do_GET(self):
        self.answer(200) if self.path == "/v2/" else self.do_HEAD()

    def do_POST(self):
        self.answer(202, Location=f"{self.path}session")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        here = self.path.partition("/blobs/")[0] + "/blobs/" + digest(body) if "/blobs/" in self.path else self.path
        self.kept[here] = body
        self.kept[f"{self.path.rpartition('/')[0]}/{digest(body)}"] = body
        self.answer(201, Location=here, Docker_Content_Digest=digest(body))


def digest(body):
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@pytest.fixture
def serving():
    servers = []

    def serve(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def upstream(tmp_path, serving, monkeypatch):
    """A chart repository that has the pinned versions of two charts; its directory."""
    directory = tmp_path / "upstream"
    directory.mkdir()
    address = f"http://{serving(partial(Silent, directory=str(directory)))}"
    for chart in CHARTS:
        subprocess.run([tools.path("helm"), "package", str(STAND_INS / chart), "--destination", str(directory)], check=True, capture_output=True)
    subprocess.run([tools.path("helm"), "repo", "index", str(directory), "--url", address], check=True, capture_output=True)
    pins = {chart: {"version": yaml.safe_load((STAND_INS / chart / "Chart.yaml").read_text())["version"], "repo": address} for chart in CHARTS}
    monkeypatch.setattr(charts, "defaults", lambda: {"charts": pins})
    monkeypatch.chdir(tmp_path)
    return directory


def archives(upstream):
    return {archive.name: hashlib.sha256(archive.read_bytes()).hexdigest() for archive in upstream.glob("*.tgz")}


def test_directory_holds_the_charts_and_their_checksums(upstream, tmp_path, capsys):
    mirror = tmp_path / "mirror"
    assert charts.main([str(mirror)]) == 0
    assert (mirror / "SHA256SUMS").read_text() == "".join(f"{now}  {name}\n" for name, now in sorted(archives(upstream).items()))
    for name in archives(upstream):
        chart, _, version = name.removesuffix(".tgz").rpartition("-")
        assert origin_of(chart, version, str(mirror)) == [str(mirror / name)]
    assert f"--data chart_mirror={mirror}" in capsys.readouterr().out


def test_again_fetches_nothing(upstream, tmp_path, capsys):
    charts.main([str(tmp_path / "mirror")])
    for archive in upstream.glob("*.tgz"):
        archive.unlink()
    assert charts.main([str(tmp_path / "mirror")]) == 0
    assert capsys.readouterr().out.count("is there already") == len(CHARTS)


def test_archive_that_was_replaced_is_refused(upstream, tmp_path, capsys):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    name = next(name for name in archives(upstream) if name.startswith("airflow"))
    (mirror / "SHA256SUMS").write_text(f"{'0' * 64}  {name}\n")
    assert charts.main([str(mirror)]) == 1
    said = capsys.readouterr().err
    assert f"upstream's archive has SHA-256 {archives(upstream)[name]}" in said and "1 charts are not in" in said
    assert not (mirror / name).exists()


def test_chart_that_is_not_there_is_named_and_the_others_come(upstream, tmp_path, capsys):
    next(upstream.glob("airflow-*.tgz")).unlink()
    assert charts.main([str(tmp_path / "mirror")]) == 1
    assert "airflow" in capsys.readouterr().err
    assert list((tmp_path / "mirror").glob("kubecost-*.tgz"))


def test_registry_holds_the_charts(upstream, serving, tmp_path, monkeypatch):
    monkeypatch.setattr(Registry, "kept", {})
    monkeypatch.setattr(charts, "_helm", partial(plain_http, charts._helm))
    assert charts.main([f"oci://{serving(Registry)}/charts"]) == 0
    pushed = {path.rpartition("/")[2] for path in Registry.kept if "/blobs/" in path}
    assert {f"sha256:{now}" for now in archives(upstream).values()} <= pushed
    assert {path for path in Registry.kept if "/manifests/" in path}
    assert (tmp_path / "SHA256SUMS").is_file()


def plain_http(helm, *words):
    helm(*words, *(["--plain-http"] if words[0] == "push" else []))


def test_other_addresses_are_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        charts.main(["https://charts.example.com"])
    assert ended.value.code == 2
    assert "a directory or an oci:// registry" in capsys.readouterr().err

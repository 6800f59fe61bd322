"""The shipped files are valid for the nginx that is installed, and TLS is what its file says."""

import re
import socket
import ssl
import subprocess

import pytest

from bin.local.port import free_port
from tests.deploy.shipped_nginx import copy_configuration, nginx_path, shipped_nginx


def check(main, folder):
    """What `nginx -t` says of a main file."""
    command = [nginx_path(), "-t", "-c", main, "-p", folder]
    return subprocess.run(command, capture_output=True, text=True)


def version():
    said = subprocess.run([nginx_path(), "-v"], capture_output=True, text=True).stderr
    return tuple(int(part) for part in re.search(r"/(\d+)\.(\d+)\.(\d+)", said).groups())


def test_the_configuration_for_debian_is_valid(tmp_path):
    main, _ = copy_configuration(tmp_path)

    checked = check(main, tmp_path)

    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_the_configuration_for_docker_is_valid(tmp_path):
    """The name "web" exists in Docker's network only; "resolve" is known to nginx from 1.27.3 on."""
    main, _ = copy_configuration(tmp_path)
    docker = main.with_name("nginx-docker.conf")
    text = docker.read_text()
    for old, new in [
        (
            "web:8000 resolve",
            "127.0.0.1:8000 resolve" if version() >= (1, 27, 3) else "127.0.0.1:8000",
        ),
        ("/var/cache/nginx/pages", f"{tmp_path}/cache"),
        ("pid /tmp", f"pid {tmp_path}"),
    ]:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    docker.write_text(text)

    checked = check(docker, tmp_path)

    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def certificate(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@pytest.fixture
def https(tmp_path, backend, certificate):
    """(the shipped nginx with tls.conf included, the port of HTTPS, that of HTTP)."""
    port, plain = free_port(), free_port()
    key, chain = certificate
    letsencrypt = "/etc/letsencrypt/live/shiporskip.example"
    tls = [
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("    listen [::]:443 ssl http2 backlog=4096;\n", ""),
        ("    listen [::]:80;\n", ""),
        (f"{letsencrypt}/fullchain.pem", str(chain)),
        (f"{letsencrypt}/privkey.pem", str(key)),
    ]
    edits = [("# include nginx/tls.conf;", "include nginx/tls.conf;")]
    with shipped_nginx(tmp_path, backend=backend.port, edits=edits, tls=tls) as nginx:
        yield nginx, port, plain


def handshake(port, certificate, **options):
    context = ssl.create_default_context(cafile=certificate[1])
    context.set_alpn_protocols(["h2", "http/1.1"])
    for name, value in options.items():
        setattr(context, name, value)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        return secured.version(), secured.selected_alpn_protocol()


def test_tls_is_1_3_only_with_http_2(https, certificate):
    _, port, _ = https

    assert handshake(port, certificate) == ("TLSv1.3", "h2")
    with pytest.raises(ssl.SSLError):
        handshake(port, certificate, maximum_version=ssl.TLSVersion.TLSv1_2)


def test_plain_http_leads_to_https(https):
    nginx, _, plain = https

    answer = nginx.get("/tools/?q=a", port=plain, Host="shiporskip.example")

    assert answer.status == 308
    assert answer.headers["Location"] == "https://shiporskip.example/tools/?q=a"

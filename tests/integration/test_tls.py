"""Certificates are verified, whatever the address; a refused one ends the call at once.

It must not know: libcurl.
"""

import http.server
import os
import ssl
import threading

import pytest

import fake_identity
import tool

PEM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tls-server.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers each call as sts:GetCallerIdentity is answered."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = (fake_identity.CALLER % {"account": fake_identity.ACCOUNT, "key": "someone"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """With TLS; counts the handshakes that were tried and says nothing of those that failed."""

    def __init__(self, host):
        super().__init__((host, 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(PEM)
        self.tried = 0

    def get_request(self):
        connection, address = super().get_request()
        self.tried += 1
        connection.settimeout(10)
        return self.context.wrap_socket(connection, server_side=True), address

    def handle_error(self, *_):
        pass


@pytest.fixture
def serve():
    """Makes a server at an address of loopback; gives it and its URL."""
    servers = []

    def make(host):
        server = Server(host)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server, "https://%s:%d" % (host, server.server_address[1])

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


def whoami(url, *further):
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "SeCrEt",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "no_proxy": "*",
    }
    return tool.run(
        "collect", "--whoami", "--region", "eu-west-1", "--endpoint-url", url, *further, env=environment, timeout=30
    )


def test_a_certificate_that_is_named_is_trusted(serve):
    _, url = serve("127.0.0.1")
    result = whoami(url, "--ca-bundle", PEM)
    assert result.status == 0, result
    assert fake_identity.ACCOUNT in result.text


def test_a_certificate_that_nobody_vouches_for_is_refused_once(serve):
    server, url = serve("127.0.0.1")
    result = whoami(url)
    assert result.status != 0, result
    assert "certificate" in result.errors, result
    assert fake_identity.ACCOUNT not in result.text
    assert server.tried == 1


def test_a_certificate_for_another_host_is_refused_once(serve):
    server, url = serve("127.0.0.2")
    result = whoami(url, "--ca-bundle", PEM)
    assert result.status != 0, result
    assert "127.0.0.2" in result.errors, result
    assert server.tried == 1

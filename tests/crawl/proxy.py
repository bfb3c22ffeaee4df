"""A forward proxy on loopback that answers for any host from local pages, over http and https.

Nothing leaves the machine. For https it ends the tunnel itself, with certificates of an authority that is made for the
test run and trusted by nobody else.
"""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.crawl.site import QuietServer, Site, SiteHandler, running


class Authority:
    """A certificate authority that lives as long as a test run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away authority of a test run")])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.bundle = folder / "authority.pem"
        """What a client must trust (`CRAWLER_CA_BUNDLE`)."""
        self.bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, host: str) -> ssl.SSLContext:
        """A server's TLS context with a certificate for `host`."""
        if host not in self._contexts:
            self._contexts[host] = self._make_context(host)
        return self._contexts[host]

    def _make_context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        authority = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority), critical=False)
        )


class Proxy:
    """The running proxy: its address and the hosts it answers for."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.sites: dict[str, Site] = {}
        self.address = ""

    def site(self, host: str) -> Site:
        """The site that stands under `host`; made when first asked for."""
        return self.sites.setdefault(host, Site(host))

    @property
    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to see the Internet through this proxy."""
        return {
            "http_proxy": self.address,
            "https_proxy": self.address,
            "no_proxy": "",
            "CRAWLER_CA_BUNDLE": str(self.authority.bundle),
        }


class _ProxyHandler(SiteHandler):
    tunnel: str | None = None
    """The host to which the client believes it has a tunnel."""

    def site(self) -> Site | None:
        host = self.tunnel or urlsplit(self.path).netloc
        return self.server.proxy.sites.get(host)  # type: ignore[attr-defined, no-any-return]

    def do_CONNECT(self) -> None:
        host, _, port = self.path.partition(":")
        proxy: Proxy = self.server.proxy  # type: ignore[attr-defined]
        if host not in proxy.sites or port != "443":
            self.send_error(502)
            return
        self.send_response(200, "Connection established")
        self.end_headers()
        try:
            self.connection = proxy.authority.context(host).wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            self.close_connection = True  # the client does not trust the certificate, and says so itself
            return
        self.request = self.connection
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb", 0)
        self.tunnel = host
        self.close_connection = False

    def finish(self) -> None:
        super().finish()
        if self.tunnel:
            self.connection.close()


@contextmanager
def serve_proxy(authority: Authority) -> Iterator[Proxy]:
    """Run the proxy on a free port of loopback until the block ends."""
    proxy = Proxy(authority)
    server = QuietServer(("127.0.0.1", 0), _ProxyHandler)
    server.proxy = proxy  # type: ignore[attr-defined]
    proxy.address = f"http://127.0.0.1:{server.server_port}"
    with running(server):
        try:
            yield proxy
        finally:
            for site in proxy.sites.values():
                site.stopping.set()

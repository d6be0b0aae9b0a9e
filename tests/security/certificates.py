"""TLS for a server of a test: an authority of its own, and what that signs."""

from __future__ import annotations

import datetime as dt
import ssl
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = dt.timedelta(days=1)


class Authority:
    """A certificate authority that nobody trusts unless told to; `file` holds its certificate."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        usage = x509.KeyUsage(**dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True})
        certificate = self._signed(self._name, self._key.public_key(), 1, x509.BasicConstraints(True, None), usage)
        self.file = directory / "authority.pem"
        self.file.write_bytes(certificate)

    def server(self, host: str = "127.0.0.1", days_left: int = 1) -> ssl.SSLContext:
        """The context of a server whose certificate is for a host, and ends in so many days."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test server")])
        names = x509.SubjectAlternativeName([_general_name(host)])
        file = self._directory / f"{host} {days_left}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(self._signed(subject, key.public_key(), days_left, names) + private)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days_left: int, *extensions: x509.ExtensionType
    ) -> bytes:
        end = dt.datetime.now(dt.timezone.utc) + days_left * _DAY
        builder = x509.CertificateBuilder(self._name, subject, key, x509.random_serial_number(), end - 9 * _DAY, end)
        identity = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        for extension in (x509.SubjectKeyIdentifier.from_public_key(key), identity, *extensions):
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)

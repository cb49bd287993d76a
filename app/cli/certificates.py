"""A certificate for a server without one, so that other machines' browsers give it their microphones."""

from __future__ import annotations

import ipaddress
import socket
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=397)
"""Longer ones are refused by Apple's browsers. Source: Apple, HT211025."""
RENEW_BEFORE = timedelta(days=30)


def own_names() -> list[str]:
    """The names and addresses by which this machine may be reached."""
    names = {"localhost", socket.gethostname(), socket.getfqdn()}
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family in (socket.AF_INET, socket.AF_INET6):
                names.add(address.address.partition("%")[0])
    return sorted(names)


def self_signed(folder: Path, names: list[str], now: datetime) -> tuple[Path, Path]:
    """Certificate and key in `folder` for `names`; made anew when missing, running out or for other names."""
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    if not (key.is_file() and _still_good(certificate, names, now)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(certificate, key, names, now)
    return certificate, key


def fingerprint(certificate: Path) -> str:
    """SHA-256, as browsers show it."""
    loaded = x509.load_pem_x509_certificate(certificate.read_bytes())
    return loaded.fingerprint(hashes.SHA256()).hex(":").upper()


def _still_good(path: Path, names: list[str], now: datetime) -> bool:
    try:
        loaded = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    held = loaded.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {str(each.value) for each in held}
    return now + RENEW_BEFORE < loaded.not_valid_after_utc and set(names) <= known


def _make(certificate: Path, key_path: Path, names: list[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Patchbay (self-signed)")])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

"""Opaque tokens: random where they are made, a digest wherever they are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

TOKEN_BYTES = 32
SECRET_BYTES = 32


def new_token() -> str:
    """256 random bits, safe in a URL, a header and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """SHA-256 in hex: what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare without telling by the time it takes how much fits."""
    return hmac.compare_digest(left.encode(), right.encode())


def keyed_hash(secret: bytes, purpose: str, value: str) -> str:
    """HMAC-SHA-256 in hex. `purpose` keeps the uses of one secret apart."""
    return hmac.new(secret, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def load_secret(folder: Path, configured: str | None = None) -> bytes:
    """The installation's secret: as configured, else made at the first start and kept in `folder`."""
    if configured:
        return hashlib.sha256(configured.encode()).digest()
    path = folder / "secret.key"
    try:
        return bytes.fromhex(path.read_text().strip())
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_bytes(SECRET_BYTES)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(made.hex() + "\n")
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    finally:
        fresh.unlink(missing_ok=True)
    return made

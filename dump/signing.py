"""The Ed25519 signature (RFC 8032) of a dump, over its manifest, which has the hash of every file."""

from base64 import b64decode, b64encode
from binascii import Error

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def read_key(text: str) -> Ed25519PrivateKey:
    """Return the key of 32 bytes in Base64. Raises ValueError."""
    try:
        return Ed25519PrivateKey.from_private_bytes(b64decode(text, validate=True))
    except (Error, ValueError) as error:
        raise ValueError("A signing key is 32 random bytes in Base64.") from error


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_text(key: Ed25519PrivateKey) -> str:
    """Return the 32 bytes of the public key in Base64."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b64encode(raw).decode()

"""RSA signatures with SHA-256, as WeChat Pay and Alipay make and check them, and the files of their keys."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

LEAST_BITS = 2048


@dataclass(eq=False)
class KeyUnusable(Exception):
    """A file holds no key that can be used; *why* is a sentence that names its setting."""

    why: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Our private key, and the provider's public one."""

    ours: RSAPrivateKey
    theirs: RSAPublicKey

    @classmethod
    def read(cls, ours_name: str, ours: Path, theirs_name: str, theirs: Path) -> Signer:
        """Return the keys of both files, or raise KeyUnusable, which names the setting."""
        private = _read_private_key(ours_name, ours)
        public = _read_public_key(theirs_name, theirs)
        if public.public_numbers() == private.public_key().public_numbers():
            raise KeyUnusable(f"{theirs_name} holds your own public key, and has to hold the provider's.")
        return cls(private, public)

    def sign(self, text: bytes) -> str:
        """Return our signature under *text*."""
        return b64encode(self.ours.sign(text, PKCS1v15(), SHA256())).decode()

    def is_theirs(self, text: bytes, signature: str) -> bool:
        """Say whether the provider has signed *text*."""
        try:
            self.theirs.verify(b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def _read_private_key(name: str, file: Path) -> RSAPrivateKey:
    content = _read_file(name, file)
    try:
        if b"-----BEGIN" in content:
            key = load_pem_private_key(content, password=None)
        else:  # Alipay's own tool writes the bare text
            key = load_der_private_key(b64decode(content), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{name}: {file} has to hold a private key, and {_why_not(content)}.") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise KeyUnusable(f"{name}: {file} holds no RSA key of at least {LEAST_BITS} bits.")
    return key


def _read_public_key(name: str, file: Path) -> RSAPublicKey:
    content = _read_file(name, file)
    try:
        if b"-----BEGIN" in content:
            key = load_pem_public_key(content)
        else:
            key = load_der_public_key(b64decode(content))
    except (ValueError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{name}: {file} has to hold a public key, and holds {_kind(content)}.") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise KeyUnusable(f"{name}: {file} holds no RSA key of at least {LEAST_BITS} bits.")
    return key


def _why_not(content: bytes) -> str:
    """Return why a file holds no private key that can be read."""
    if b"ENCRYPTED" in content:
        return "holds one with a password, which has to be taken off"
    return "it is damaged" if b"PRIVATE KEY-----" in content else f"holds {_kind(content)}"


def _kind(content: bytes) -> str:
    """Return what a file holds that was taken for another, in words."""
    kinds = {b"CERTIFICATE-----": "a certificate", b"PRIVATE KEY-----": "a private key"}
    kinds |= {b"PUBLIC KEY-----": "a public key"}
    found = (kind for mark, kind in kinds.items() if mark in content)
    return next(found, "nothing of the kind" if content else "nothing")


def _read_file(name: str, file: Path) -> bytes:
    try:
        return file.read_bytes().strip()
    except OSError as error:
        raise KeyUnusable(f"{name}: {file} cannot be read ({error.strerror}).") from None

"""Names of random streams."""

import hashlib


def stream_key(*parts: object) -> int:
    """A 63-bit name for a random stream: by what it belongs to, never by where it lies in an array."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little") >> 1

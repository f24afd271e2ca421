"""Short random secrets for links; only their hashes are stored."""

import hashlib
import secrets


def new_token() -> tuple[str, str]:
    """A secret of 24 characters (144 random bits) and the hash to store."""
    token = secrets.token_urlsafe(18)
    return token, hash_token(token)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""Where a secret in a brand's settings is sealed to: for who reads it, and for who seals it again under another key."""

from uuid import UUID


def place(setting: str, brand_id: UUID) -> str:
    """The context of `encryption.seal` for the secret of a section of a brand's settings."""
    return f"brands.settings.{setting}:{brand_id}"

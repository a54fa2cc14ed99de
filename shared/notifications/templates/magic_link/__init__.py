"""Magic link: a link that signs its holder in."""

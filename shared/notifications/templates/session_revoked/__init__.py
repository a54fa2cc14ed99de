"""Session revoked: a spent refresh token came back, so that somebody may have copied it."""

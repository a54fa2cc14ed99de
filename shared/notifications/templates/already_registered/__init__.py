"""Already registered: somebody has opened an account with the address of one that exists."""

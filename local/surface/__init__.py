"""What only the local run has: everything below /_local."""

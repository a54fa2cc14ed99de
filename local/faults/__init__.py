"""Making components fail on purpose: fault tests' tools, absent from the cloud."""

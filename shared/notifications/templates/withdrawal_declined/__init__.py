"""Withdrawal declined: and why."""

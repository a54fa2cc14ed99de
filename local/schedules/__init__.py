"""Schedules on the one clock."""

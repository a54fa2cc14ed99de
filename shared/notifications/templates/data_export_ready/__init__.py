"""Data export ready: the copy of somebody's data can be downloaded."""

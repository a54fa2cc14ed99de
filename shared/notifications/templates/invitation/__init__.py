"""Invitation: somebody is asked to join the brand’s staff, or a partner."""

"""Reads the project's very templates (SAM, CloudFormation) into what the runner runs."""

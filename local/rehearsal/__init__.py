"""`make rehearse`: the deployment's very artifacts and templates, through CloudFormation's API, into an emulator without Docker."""

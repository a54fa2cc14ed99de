"""Notifications: the mails the other contexts ask for, queued with their change and sent once by one sender."""

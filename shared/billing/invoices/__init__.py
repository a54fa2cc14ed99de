"""Invoices and credit notes of all that is sold: numbered without gaps, never changed once issued, drawn and written as EN 16931."""

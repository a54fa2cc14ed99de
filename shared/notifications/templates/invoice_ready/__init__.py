"""Invoice ready: the link to an order's invoice, or to a credit note for what went back."""

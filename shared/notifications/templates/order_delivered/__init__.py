"""Order delivered: it has arrived, and until when it may be sent back."""

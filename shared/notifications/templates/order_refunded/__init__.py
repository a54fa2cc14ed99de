"""Order refunded: money is on its way back to the buyer."""

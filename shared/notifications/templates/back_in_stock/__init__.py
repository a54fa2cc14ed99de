"""Back in stock: what the reader has asked to hear of can be bought again."""

"""Privacy: what is done about somebody in every context that knows them."""

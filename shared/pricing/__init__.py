"""What a purchase costs: one pure function (`prices.price`) and the dated data behind it; no tables, no I/O at run time."""

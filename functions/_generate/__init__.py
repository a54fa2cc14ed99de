"""What `python -m functions` writes: templates and the wire (`events/`), from the doors of the functions. Not part of any package."""

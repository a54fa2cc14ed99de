"""The demo brand: a small shop to look around in, the people who run it, and a second brand that must stay apart."""

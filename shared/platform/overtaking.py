"""A story that was overtaken: what it had looked at has changed since, and it is too late to do otherwise."""


class Overtaken(Exception):
    """This transaction is to be given up, and begun anew by its door: it will see what has changed."""

"""Pairing: worlds of one seed share every draw, so that what differs between them is what was done (docs/methods.md)."""

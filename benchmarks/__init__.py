"""Measurements of the product, run by `make bench`. Thin adapters and drivers only: no product code lives here."""

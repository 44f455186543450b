"""Proofs of core.database, on both databases."""

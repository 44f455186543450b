"""Proofs of the history of the database."""

"""Proofs of core.intake, on both databases."""

"""Proofs of core.deliveries, on both databases."""

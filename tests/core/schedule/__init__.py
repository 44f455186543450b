"""Tests of what happens at a moment."""

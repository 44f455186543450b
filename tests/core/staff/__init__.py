"""Tests of core.staff."""

"""Tests of core.dossiers."""

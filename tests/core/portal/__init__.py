"""Tests of core.portal."""

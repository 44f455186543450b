"""Tests of core.messages."""

"""Tests of core.notifications."""

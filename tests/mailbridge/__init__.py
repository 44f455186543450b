"""Tests of the email bridge, mirroring its rooms."""

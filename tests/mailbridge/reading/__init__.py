"""Tests of reading: mail bytes to values, replies, senders, rules and bounces."""

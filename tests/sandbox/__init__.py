"""Tests of the outside world: does it behave as the real one would?"""

"""Screens: pure functions from data to `Screen(text, rows)`, one file a subject.

Nothing here asks the database or Telegram, so every screen is tested by its return value.
"""

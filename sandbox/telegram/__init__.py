"""Telegram on one machine."""

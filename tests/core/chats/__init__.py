"""Tests of core.chats."""

"""Dossiers, their participants and progress, and receipts: who has read what.

Not here: documents and messages, which build on dossiers; the office's feed, which fills them all (documents.feed).
"""

"""Dossiers, their participants and progress, receipts with unread counts, and the office's feed (DOS-9).

Not here: documents and messages, which build on dossiers.
"""

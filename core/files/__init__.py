"""Stored files: bytes written once by their SHA-256, sniffed, on local disk or S3, and the rows that say where they came from.

Bytes are stored before a transaction (`store`), recorded in it (`record`). Not here: what a file means in a dossier.
"""

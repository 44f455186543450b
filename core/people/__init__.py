"""Persons, where they can be reached, and how they prove who they are: invitations, codes by mail, links, preferences.

Not here: what a person may do (accounts) or see (dossiers).
"""

"""Accounts (customers of the office), memberships with their roles, and the one table of what each role may do (TEAM-1).

Not here: persons themselves (people), dossiers and their participants.
"""

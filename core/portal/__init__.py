"""The queries that join rooms into what one screen or mail shows: home, the list of dossiers, the card of a dossier.

Everything costs what the person sees, not what the office has: the conditions begin at the person's own rows and go by index.
Not here: any change, and how it looks on a channel.
"""

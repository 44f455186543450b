"""Staff members, the humans at the office, and their roles. Not here: what they do in dossiers."""

"""Small decisions of the mail channel, as tables."""

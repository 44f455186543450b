"""The email channel against Dovecot and Exim: real capabilities, real bounces, connections that are cut."""

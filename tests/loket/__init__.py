"""The product as a whole: settings, the command line, HTTP, backups, what runs where."""

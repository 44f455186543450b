"""The try-out and the test bed: the outside world on one machine.

Here live a Telegram Bot API server, a mail server and a page to see them, as strict as the real ones. Nothing of the
product lives here: the sandbox knows neither the domain nor the channels, and the product meets it only over HTTP,
IMAP and SMTP.
"""

"""`python -m loket` is the program `loket`."""

from loket.cli.main import main

main()

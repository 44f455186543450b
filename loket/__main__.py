"""`python -m loket` is the program `loket`."""

from loket import collecting

with collecting.loading():
    from loket.cli.main import main

if __name__ == "__main__":
    main()

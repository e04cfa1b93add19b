"""`python -m bot` is the command `seatside`."""


def main() -> None:
    """Run the command. Processes that it starts import this module and, as it is, nothing else of it."""
    from bot.cli import main

    main()


if __name__ == "__main__":
    main()

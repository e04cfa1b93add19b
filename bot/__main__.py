"""`python -m bot` is the command `seatside`."""


def main() -> None:
    """Run the command. It is imported here, for processes that it starts import this module, too."""
    from bot.cli import main

    main()


if __name__ == "__main__":
    main()

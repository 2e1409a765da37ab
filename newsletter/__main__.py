"""The `newsletter` command."""

from newsletter.cli import main as cli


def main() -> None:
    """Run the command line and end the process with its exit code."""
    raise SystemExit(cli.run())


if __name__ == "__main__":
    main()

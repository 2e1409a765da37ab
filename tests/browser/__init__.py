"""The pages in a real browser. setup.sh installs what these tests need beyond Python."""

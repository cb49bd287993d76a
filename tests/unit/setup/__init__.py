"""Setting up, without a database."""

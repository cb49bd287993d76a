"""The engine: one writer per domain, group commit, effects after commit."""

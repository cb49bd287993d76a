"""What a request does that no engine owns: one service call, one transaction, its event in the log."""

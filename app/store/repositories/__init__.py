"""Queries and changes, one class per aggregate.

Each takes a session, speaks in records (`app.store.records`) and never commits: the transaction belongs to
the request (`Database.transaction`).
"""

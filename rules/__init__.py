"""Conditions, pure: compile, check, evaluate.

A condition is one expression of the Common Expression Language that answers yes or no:
`tier == "gold" && tries < 3`.
"""

from rules.condition import Rule, RuleError, Verdict, compile

__all__ = ["Rule", "RuleError", "Verdict", "compile"]

"""Two small flows that every centre has, for callers whom a queue sends away without one of their own."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.flow import Flow
from ivr.load import load_yaml

LEAVE_MESSAGE = "system.leave_message"
NOBODY_NOW = "system.nobody_now"

_LEAVE_MESSAGE = """
id: system.leave_message
version: 1
name: Leave a message
languages: [en, cy]
start: message
nodes:
  message: {kind: voicemail, name: Message, ask: [leave_message], max_s: 120, on_nothing: bye}
  bye: {kind: say, name: Goodbye, say: [goodbye], next: end}
  end: {kind: hang_up, name: End}
"""

_NOBODY_NOW = """
id: system.nobody_now
version: 1
name: Nobody can answer now
languages: [en, cy]
start: sorry
nodes:
  sorry: {kind: say, name: Sorry, say: [queue_sorry], next: end}
  end: {kind: hang_up, name: End}
"""

SYSTEM_FLOWS: Mapping[str, Flow] = {
    LEAVE_MESSAGE: load_yaml(_LEAVE_MESSAGE),
    NOBODY_NOW: load_yaml(_NOBODY_NOW),
}

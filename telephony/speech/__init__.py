"""Text to speech without any network.

The engine, espeak-ng, is GPL-3. It is an optional extra (`pip install patchbay[tts]`) and lives in a
process of its own: `Speaker` starts `engine.py` and talks to it over pipes; nothing of ours links with it.
"""

from telephony.speech.speaker import Speaker, SpeechError, SpeechFailed, SpeechMissing, SpeechTimeout

__all__ = ["Speaker", "SpeechError", "SpeechFailed", "SpeechMissing", "SpeechTimeout"]

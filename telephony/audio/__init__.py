"""Sound without a back end: G.711, Opus, WAV files, tones."""

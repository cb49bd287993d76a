"""µ-law coding."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telephony.audio import g711


def test_every_code_survives_decoding_and_encoding() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)
    # 0x7F is the second zero; it is encoded as the first.
    assert g711.encode(g711.decode(codes)) == codes


def test_known_values_of_the_standard() -> None:
    # ITU-T G.711, table 2a: the greatest value, the least, and both zeros (in 16-bit scale).
    assert g711.decode(bytes([0x80, 0x00, 0xFF, 0x7F])).tolist() == [32124, -32124, 0, 0]


@given(st.integers(-32768, 32767))
def test_the_error_is_at_most_half_a_step(sample: int) -> None:
    coded = int(g711.decode(g711.encode(np.array([sample], dtype=np.int16)))[0])
    step = max(8, 2 ** (max(abs(sample), 1).bit_length() - 4))
    assert abs(coded - sample) <= step

"""The speaker and its process: a stand-in engine that speaks our lines, and the real one if installed."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import wave
from pathlib import Path

import pytest

from telephony.speech import Speaker, SpeechFailed, SpeechMissing, SpeechTimeout
from telephony.speech.engine import EngineError, answer
from telephony.speech.speaker import TEXT_MAX, WAITING_MAX, voice_for

STAND_IN = """
import json, sys, wave
print(json.dumps({"rate_hz": 8000}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    with open(sys.argv[1], "a") as log:
        log.write(json.dumps(asked) + "\\n")
    text = asked["text"]
    if text == "hang":
        continue
    if text == "die":
        sys.exit(3)
    if text == "babble":
        print("no json", flush=True)
        continue
    if text == "refuse":
        print(json.dumps({"error": "no voice"}), flush=True)
        continue
    with wave.open(asked["path"], "wb") as out:
        out.setnchannels(1); out.setsampwidth(2); out.setframerate(8000)
        out.writeframes(bytes(160))
    print(json.dumps({"seconds": 0.01}), flush=True)
"""


class Bench:
    """A speaker over the stand-in, and the log of what its process was asked."""

    def __init__(self, folder: Path, *, timeout_s: float = 30.0, files_max: int = 100) -> None:
        script = folder / "stand_in.py"
        script.write_text(STAND_IN)
        self.log = folder / "asked.jsonl"
        self.sounds = folder / "sounds"
        self.speaker = Speaker(
            self.sounds,
            timeout_s=timeout_s,
            files_max=files_max,
            command=(sys.executable, "-S", str(script), str(self.log)),
        )

    def wait_until_asked(self, text: str) -> None:
        while text not in self.asked():
            os.sched_yield()

    def asked(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line)["text"] for line in lines if line.endswith("}")]


async def test_a_text_becomes_a_file_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = await bench.speaker.render("Hello", "en")
    again = await bench.speaker.render("  Hello\n", "en-GB")
    other = await bench.speaker.render("Hello", "cy")
    await bench.speaker.close()
    assert first == again
    assert first.is_absolute()
    assert first != other
    assert bench.asked() == ["Hello", "Hello"]


async def test_two_who_ask_for_the_same_text_at_once_share_one_rendering(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    paths = await asyncio.gather(*(bench.speaker.render("Hello", "en") for _ in range(5)))
    await bench.speaker.close()
    assert len(set(paths)) == 1
    assert bench.asked() == ["Hello"]


async def test_spelling_reads_character_by_character(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.speaker.render("BW7", "en", spell=True)
    await bench.speaker.close()
    assert bench.asked() == ["B W 7"]


async def test_control_characters_never_reach_the_engine(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.speaker.render("one\x00two\nthree\x1b[0m", "en")
    await bench.speaker.close()
    assert bench.asked() == ["one two three [0m"]


@pytest.mark.parametrize("text", ["", "  \n", "\x00", "x" * (TEXT_MAX + 1)])
async def test_what_cannot_be_read_is_refused_before_the_engine_is_asked(tmp_path: Path, text: str) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(SpeechFailed):
        await bench.speaker.render(text, "en")
    assert not bench.sounds.exists()


async def test_an_engine_that_hangs_is_stopped_and_the_next_text_is_read(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_s=4.0)
    await bench.speaker.render("warm", "en")
    with pytest.raises(SpeechTimeout, match="“hang” was not read aloud within 4 s"):
        await bench.speaker.render("hang", "en")
    assert (await bench.speaker.render("next", "en")).exists()
    await bench.speaker.close()


@pytest.mark.parametrize("text", ["die", "babble"])
async def test_an_engine_that_dies_or_babbles_costs_one_text(tmp_path: Path, text: str) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(SpeechFailed, match="the speech process ended"):
        await bench.speaker.render(text, "en")
    assert (await bench.speaker.render("next", "en")).exists()
    await bench.speaker.close()


async def test_a_refusal_of_the_engine_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    with pytest.raises(SpeechFailed, match="“refuse” cannot be read aloud: no voice"):
        await bench.speaker.render("refuse", "en")
    await bench.speaker.close()


async def test_an_engine_that_does_not_start_says_how_to_install_it(tmp_path: Path) -> None:
    broken = Speaker(tmp_path, command=(sys.executable, "-c", 'print(\'{"error": "no engine here"}\')'))
    with pytest.raises(
        SpeechMissing, match=r"no engine here\. Install it with: pip install 'patchbay\[tts\]'"
    ):
        await broken.render("Hello", "en")


async def test_a_cancelled_caller_does_not_leave_its_answer_to_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.speaker.render("warm", "en")
    hanging = asyncio.create_task(bench.speaker.render("hang", "en"))
    await asyncio.to_thread(bench.wait_until_asked, "hang")
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    path = await bench.speaker.render("next", "en")
    await bench.speaker.close()
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == 80


async def test_the_line_for_the_engine_is_bounded(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    asked = [bench.speaker.render(f"text {index}", "en") for index in range(WAITING_MAX + 10)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    await bench.speaker.close()
    refused = [answer for answer in answers if isinstance(answer, SpeechFailed)]
    assert len(refused) == 10
    assert "64 others wait" in str(refused[0])


async def test_the_longest_unused_files_go_first(tmp_path: Path) -> None:
    bench = Bench(tmp_path, files_max=10)
    paths = [await bench.speaker.render(f"text {index}", "en") for index in range(10)]
    for age, path in enumerate(paths):
        os.utime(path, (1_000_000 + age, 1_000_000 + age))
    await bench.speaker.render("text 0", "en")
    await bench.speaker.render("one more", "en")
    await bench.speaker.close()
    assert paths[0].exists()
    assert not paths[1].exists()
    assert not paths[2].exists()
    assert len(list(bench.sounds.glob("*.wav"))) == 9


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "gmw/en"), ("en-US", "gmw/en"), ("cy", "cy"), ("cy-GB", "cy"), ("DE", "de")],
)
def test_a_language_has_a_voice(language: str, voice: str) -> None:
    assert voice_for(language) == voice


# --- the engine's side ---


def request(path: Path, **change: object) -> str:
    return json.dumps({"text": "Hello", "voice": "cy", "words_per_minute": 160, "path": str(path), **change})


def test_the_engine_answers_each_request_with_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert answer(lambda text, voice, rate: bytes(16000), 8000, request(path)) == {"seconds": 1.0}
    with wave.open(io.BytesIO(path.read_bytes())) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() == 8000
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def refusing(text: str, voice: str, rate: int) -> bytes:
    raise EngineError("the speech engine has no voice")


def test_whatever_is_wrong_becomes_an_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert answer(refusing, 8000, request(path)) == {"error": "the speech engine has no voice"}
    assert answer(lambda *_: b"", 8000, request(path)) == {"error": "the text has nothing that can be spoken"}
    assert "error" in answer(lambda *_: b"ab", 8000, request(tmp_path / "none" / "a.wav"))
    for line in ("", "[]", "{}", request(path, words_per_minute="fast")):
        assert "error" in answer(lambda *_: b"ab", 8000, line)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Speaker.installed(), reason="needs the extra [tts]")
@pytest.mark.parametrize(
    ("text", "language"), [("Welcome to Brightwater.", "en"), ("Croeso i Brightwater.", "cy")]
)
async def test_the_real_engine_speaks(tmp_path: Path, text: str, language: str) -> None:
    speaker = Speaker(tmp_path, timeout_s=30.0)
    path = await speaker.render(text, language)
    with pytest.raises(SpeechFailed, match="has no voice xx"):
        await speaker.render(text, "xx")
    await speaker.close()
    with wave.open(str(path)) as sound:
        assert sound.getnchannels() == 1
        assert sound.getsampwidth() == 2
        assert 1.0 < sound.getnframes() / sound.getframerate() < 4.0
        assert max(sound.readframes(sound.getnframes())) > 0

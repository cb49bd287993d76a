"""What is shipped is what the texts ask for, and everything the demo says has a sound without speech."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from app.prompts import PromptLibrary
from app.prompts.manifest import FOLDER, Entry, file_sha256, read_manifest, write_manifest
from app.prompts.pieces import LANGUAGES, compose, number, piece_texts, spell
from ivr.load import load_catalogue
from ivr.prompts import PromptCatalogue, PromptEntry
from ivr.types import Phrase
from scripts.render_prompts import stale
from telephony.audio.wav import read_wav, write_wav
from tests.unit.speech.test_speaker import Bench

CATALOGUE = load_catalogue((Path(app.__file__).parent / "demo" / "prompts.yaml").read_text(encoding="utf-8"))
SHIPPED_BYTES_MAX = 6_000_000


def names(files: tuple[str, ...]) -> list[str]:
    return [Path(file).relative_to(FOLDER).with_suffix("").as_posix() for file in files]


async def said(*phrases: Phrase) -> list[str]:
    resolved = await PromptLibrary(CATALOGUE).resolve(phrases)
    assert resolved.missing == ()
    return names(resolved.files)


# --- what is shipped ---


def test_the_shipped_files_are_those_the_texts_ask_for() -> None:
    """When this fails: python -m scripts.render_prompts"""
    assert stale(FOLDER) == []


def test_a_file_changed_by_hand_a_new_text_and_a_missing_file_are_noticed(tmp_path: Path) -> None:
    changed = []
    for entry in read_manifest():
        (tmp_path / entry.file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / entry.file).write_bytes((FOLDER / entry.file).read_bytes())
        text = "Another text." if (entry.id, entry.language) == ("goodbye", "en") else entry.text
        changed.append(
            Entry(id=entry.id, language=entry.language, text=text, file=entry.file, sha256=entry.sha256)
        )
    gone = Entry(id="gone", language="en", text="Gone.", file="en/goodbye.wav", sha256="")
    write_manifest(tmp_path, [*changed, gone], "a test")
    (tmp_path / "en" / "welcome.wav").write_bytes(b"RIFF")
    (tmp_path / "cy" / "welcome.wav").unlink()
    assert sorted(stale(tmp_path)) == [
        "cy/welcome.wav is missing",
        "en/welcome.wav was changed by hand",
        "gone in en is not asked for any more",
        "goodbye in en says “Another text.”, not “Goodbye.”",
    ]


def test_every_shipped_file_can_be_played_and_is_heard() -> None:
    total = 0
    for entry in read_manifest():
        path = FOLDER / entry.file
        total += path.stat().st_size
        assert file_sha256(path) == entry.sha256
        with wave.open(str(path)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
            seconds = sound.getnframes() / sound.getframerate()
        _, samples = read_wav(path)
        assert 0.05 < seconds < 20, entry.file
        assert 0.65 < np.abs(samples.astype(np.int32)).max() / 32767 < 0.75, entry.file
    assert total < SHIPPED_BYTES_MAX


# --- pieces ---


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_to_a_hundred_is_put_together_from_what_is_recorded(language: str) -> None:
    texts = piece_texts()
    words = [" ".join(texts[piece][language] for piece in number(value)) for value in range(101)]
    assert len(set(words)) == 101
    sample = {"en": ("forty two", "one hundred"), "cy": ("pedwar deg dau", "cant")}[language]
    assert (words[42], words[100]) == sample


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("7", ["n7"]),
        ("42", ["n40", "n2"]),
        ("100", ["n100"]),
        ("101", ["n1", "n0", "n1"]),
        ("007", ["n0", "n0", "n7"]),
        ("Monday 24 November, 10:05.", ["monday", "n20", "n4", "november", "n10", "oh", "n5"]),
        ("tomorrow at 9:00", ["tomorrow", "at", "n9", "oclock"]),
        ("Hello", None),
        ("7 pounds", None),
        ("", None),
        ("25:00", None),
        ("٣", None),
        ("7 " * 41, None),
    ],
)
def test_numbers_dates_and_times_are_put_together(text: str, pieces: list[str] | None) -> None:
    composed = compose(text, "en")
    assert (None if composed is None else list(composed)) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("48213", ["n4", "n8", "n2", "n1", "n3"]),
        ("bW-2", ["l_b", "l_w", "dash", "n2"]),
        ("a b", ["l_a", "l_b"]),
        ("é", None),
        (" ", None),
    ],
)
def test_spelling_is_put_together(text: str, pieces: list[str] | None) -> None:
    spelled = spell(text)
    assert (None if spelled is None else list(spelled)) == pieces


@given(st.text(max_size=30), st.sampled_from(LANGUAGES))
def test_whatever_is_composed_is_recorded(text: str, language: str) -> None:
    for pieces in (compose(text, language), spell(text)):
        assert set(pieces or ()) <= piece_texts().keys()


# --- finding the sound ---


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_the_demo_says_has_a_sound_without_speech(language: str) -> None:
    worded = [prompt for prompt, entry in CATALOGUE.prompts.items() if language in entry.texts]
    phrases = [Phrase(prompt=prompt, language=language) for prompt in worded]
    assert await said(*phrases) == [f"{language}/{prompt}" for prompt in worded]
    numbers = [Phrase(text=str(value), language=language) for value in range(200)]
    assert all(name.startswith(f"{language}/pieces/") for name in await said(*numbers))
    assert len(await said(Phrase(text="48213", language=language, spell=True))) == 5


async def test_words_that_are_recorded_under_some_prompt_are_found() -> None:
    """A case's status comes as a text; the shipped prompt with just these words is played."""
    words = CATALOGUE.prompts["status_open"].texts["cy"]
    assert await said(Phrase(text=words.upper(), language="cy")) == ["cy/status_open"]


async def test_a_region_of_a_language_is_the_language() -> None:
    assert await said(Phrase(prompt="welcome", language="cy-GB")) == ["cy/welcome"]


async def test_what_a_language_lacks_is_said_in_the_first() -> None:
    assert await said(Phrase(prompt="welcome", language="fr")) == ["en/welcome"]
    assert await said(Phrase(text="7", language="fr")) == ["en/pieces/n7"]


async def test_what_cannot_be_said_is_listed_and_the_rest_is_said() -> None:
    phrases = (
        Phrase(prompt="welcome"),
        Phrase(prompt="nowhere"),
        Phrase(text="Hello Margaret"),
        Phrase(text=" "),
    )
    resolved = await PromptLibrary(CATALOGUE).resolve(phrases)
    assert names(resolved.files) == ["en/welcome"]
    assert [str(missing) for missing in resolved.missing] == [
        "The prompt nowhere cannot be said in en: it has no file, and no words in the catalogue."
        " Record it, or add its words to the prompt catalogue.",
        "“Hello Margaret” cannot be said in en: nothing is set up to read aloud."
        " Record it, or switch text to speech on.",
    ]


async def test_a_centres_own_recording_wins(tmp_path: Path) -> None:
    own = tmp_path / "recordings" / "en" / "welcome.wav"
    own.parent.mkdir(parents=True)
    write_wav(own, np.ones(800, dtype=np.int16), 8000)
    library = PromptLibrary(CATALOGUE, recordings=tmp_path / "recordings")
    assert (await library.resolve([Phrase(prompt="welcome")])).files == (str(own),)


def reworded(**texts: str) -> PromptCatalogue:
    entries = {"welcome": PromptEntry(id="welcome", texts=texts), "new": PromptEntry(id="new", texts=texts)}
    return PromptCatalogue(languages=("en", "cy"), prompts=entries)


async def test_words_that_were_changed_are_read_aloud_and_the_old_recording_is_not_played(
    tmp_path: Path,
) -> None:
    bench = Bench(tmp_path)
    library = PromptLibrary(reworded(en="Welcome back."), speaker=bench.speaker)
    resolved = await library.resolve(
        [Phrase(prompt="welcome"), Phrase(prompt="new"), Phrase(text="Hello Margaret")]
    )
    await bench.speaker.close()
    assert resolved.missing == ()
    assert [Path(file).parent for file in resolved.files] == [bench.sounds] * 3
    assert bench.asked() == ["Welcome back.", "Hello Margaret"]


async def test_without_speech_the_old_recording_beats_silence() -> None:
    resolved = await PromptLibrary(reworded(en="Welcome back.")).resolve([Phrase(prompt="welcome")])
    assert names(resolved.files) == ["en/welcome"]


async def test_a_speech_that_fails_is_told_with_its_reason(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    resolved = await PromptLibrary(CATALOGUE, speaker=bench.speaker).resolve([Phrase(text="refuse")])
    await bench.speaker.close()
    assert resolved.files == ()
    assert "no voice" in str(resolved.missing[0])


async def test_a_spelled_text_without_pieces_is_read_letter_by_letter(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await PromptLibrary(CATALOGUE, speaker=bench.speaker).resolve([Phrase(text="né", spell=True)])
    await bench.speaker.close()
    assert bench.asked() == ["n é"]

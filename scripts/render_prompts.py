"""Render every shipped prompt: the demo's catalogue and the pieces of numbers and dates, in each language.

    python -m scripts.render_prompts            # needs the extra [tts]
    python -m scripts.render_prompts --check    # nothing is rendered: are the files those the texts ask for?

The same texts give the same files, byte for byte.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from app.prompts.manifest import FOLDER, Entry, file_sha256, read_manifest, write_manifest
from app.prompts.pieces import piece_texts
from ivr.load import load_catalogue
from telephony.audio.g711 import Samples
from telephony.audio.wav import read_wav, resample, write_wav
from telephony.speech import Speaker, SpeechError

CATALOGUE = Path(__file__).resolve().parent.parent / "app" / "demo" / "prompts.yaml"
RATE_HZ = 8000
RENDERED_BY = "espeak-ng 1.52, voices en-gb and cy, by scripts/render_prompts.py"
QUIET = 0.01
"""Of full scale: below it the ends of a rendering are cut off..."""
KEEP_S = 0.04
"""...but for so much, so that no consonant is clipped."""
PEAK = 0.7
"""Of full scale; every prompt is brought to it, so that joined pieces sound alike."""
SOUNDS_LIKE: Mapping[str, Mapping[str, str]] = MappingProxyType({"cy": {"Brightwater": "Braitwotyr"}})
"""Language -> a name as written -> as the voice must see it to say it right."""
PIECE_WORDS_PER_MINUTE = 150
PROMPT_WORDS_PER_MINUTE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    id: str
    language: str
    text: str
    file: str
    words_per_minute: int


def wanted(catalogue: Path = CATALOGUE) -> Iterator[Wanted]:
    """Everything that is to be shipped."""
    for entry in load_catalogue(catalogue.read_text(encoding="utf-8")).prompts.values():
        for language, text in entry.texts.items():
            file = f"{language}/{entry.id}.wav"
            yield Wanted(
                id=entry.id,
                language=language,
                text=" ".join(text.split()),
                file=file,
                words_per_minute=PROMPT_WORDS_PER_MINUTE,
            )
    for piece, texts in piece_texts().items():
        for language, text in texts.items():
            yield Wanted(
                id=f"piece:{piece}",
                language=language,
                text=text,
                file=f"{language}/pieces/{piece}.wav",
                words_per_minute=PIECE_WORDS_PER_MINUTE,
            )


def _as_heard(item: Wanted) -> str:
    text = item.text
    for written, heard in SOUNDS_LIKE.get(item.language, {}).items():
        text = text.replace(written, heard)
    return text


def finished(samples: Samples, rate_hz: int) -> Samples:
    """At the shipped rate, without silent ends, at the common loudness."""
    narrow = resample(samples, rate_hz, RATE_HZ)
    loud = np.flatnonzero(np.abs(narrow.astype(np.int32)) > QUIET * 32767)
    if not len(loud):
        raise ValueError("the rendering is silent")
    keep = int(KEEP_S * RATE_HZ)
    cut = narrow[max(0, int(loud[0]) - keep) : int(loud[-1]) + keep].astype(np.float64)
    scaled: Samples = np.round(cut * (PEAK * 32767 / np.abs(cut).max())).astype(np.int16)
    return scaled


async def render(folder: Path) -> int:
    """Write all files and the manifest. Returns the number of files."""
    entries: list[Entry] = []
    with tempfile.TemporaryDirectory() as scratch:
        speakers: dict[int, Speaker] = {}
        try:
            for item in wanted():
                speaker = speakers.setdefault(
                    item.words_per_minute, Speaker(Path(scratch), words_per_minute=item.words_per_minute)
                )
                rate_hz, samples = read_wav(await speaker.render(_as_heard(item), item.language))
                path = folder / item.file
                path.parent.mkdir(parents=True, exist_ok=True)
                write_wav(path, finished(samples, rate_hz), RATE_HZ)
                entries.append(
                    Entry(
                        id=item.id,
                        language=item.language,
                        text=item.text,
                        file=item.file,
                        sha256=file_sha256(path),
                    )
                )
        finally:
            for speaker in speakers.values():
                await speaker.close()
    write_manifest(folder, entries, RENDERED_BY)
    return len(entries)


def clear_out(folder: Path) -> None:
    """Delete the files that the manifest does not name."""
    known = {entry.file for entry in read_manifest(folder)}
    for file in folder.rglob("*.wav"):
        if file.relative_to(folder).as_posix() not in known:
            file.unlink()


def stale(folder: Path) -> list[str]:
    """What is wrong with the shipped files, one sentence each."""
    have = {(entry.id, entry.language): entry for entry in read_manifest(folder)}
    complaints = []
    for item in wanted():
        entry = have.pop((item.id, item.language), None)
        if entry is None:
            complaints.append(f"{item.id} in {item.language} is not rendered")
        elif entry.text != item.text:
            complaints.append(f"{item.id} in {item.language} says “{entry.text}”, not “{item.text}”")
        elif not (folder / entry.file).is_file():
            complaints.append(f"{entry.file} is missing")
        elif file_sha256(folder / entry.file) != entry.sha256:
            complaints.append(f"{entry.file} was changed by hand")
    complaints += [f"{prompt} in {language} is not asked for any more" for prompt, language in have]
    return complaints


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    if arguments.check:
        complaints = stale(arguments.folder)
        for complaint in complaints:
            print(complaint)
        return 1 if complaints else 0
    try:
        count = asyncio.run(render(arguments.folder))
    except SpeechError as error:
        print(error)
        return 1
    clear_out(arguments.folder)
    size = sum(file.stat().st_size for file in arguments.folder.rglob("*.wav"))
    print(f"{count} prompts, {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

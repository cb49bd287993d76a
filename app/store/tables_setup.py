"""The tables of what is set up on screen beside queues, agents and numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.store.columns import Base, JsonColumn

Body = dict[str, Any]


class SkillModel(Base):
    """A skill people may hold, in the catalogue that keeps two spellings from meaning one thing."""

    __tablename__ = "skills"

    skill: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int]


class TeamModel(Base):
    __tablename__ = "teams"

    team: Mapped[str] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(server_default="")
    lead: Mapped[str | None]
    """The agent who leads it."""
    version: Mapped[int]


class SoundModel(Base):
    """Music, or a prompt with its words. The recorded files lie in the data folder."""

    __tablename__ = "sounds"

    sound_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """`prompt` or `music`."""
    name: Mapped[str] = mapped_column(server_default="")
    texts: Mapped[dict[str, str]] = mapped_column(JsonColumn)
    """Language -> the words of a prompt."""
    recordings: Mapped[dict[str, Body]] = mapped_column(JsonColumn)
    """Language -> `duration_s`, `bytes`, `sha256`, `by` of an uploaded file; music has the language ''."""
    version: Mapped[int]


class SetUpModel(Base):
    """What the centre as a whole decides, by name; and `revision`, which every change moves on."""

    __tablename__ = "setup"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Body] = mapped_column(JsonColumn)
    version: Mapped[int]

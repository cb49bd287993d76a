"""What is set up, as people write it: one shape for YAML, API and pages. Queues are in `models_setup_queue`.

Nothing here is secret: passwords and PINs are never part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, Field, create_model, model_validator

from app.api.models import Role, Wire
from app.api.models_setup_queue import Id, Name, QueueSetting, Skills
from app.services.cards import initials
from calendars import CalendarError, calendar_from_dict, calendar_to_dict
from routing.policy import Across, AgentProfile

Language = Literal["en", "cy"]
Texts = dict[Language, Annotated[str, Field(max_length=2000)]]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,39}$")]
Dnis = Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14}|[0-9]{1,6}|[A-Za-z][A-Za-z0-9_-]{0,31})$")]
About = Annotated[str, Field(max_length=400)]


class RoutingSetting(Wire):
    """What the centre decides as a whole: which of several queues an agent's next contact comes from."""

    id: Literal["routing"] = "routing"
    across: Across = Across.WEIGHT_THEN_LONGEST


class SkillSetting(Wire):
    skill: Name
    about: About = ""


class TeamSetting(Wire):
    """`lead` is an agent's id."""

    team: Name
    about: About = ""
    lead: str | None = None


class AgentSetting(Wire):
    """`capacity`: channel -> contacts at once; voice is 1, or absent for an agent who takes no calls."""

    id: Id
    name: Name
    initials: str = Field(default="", max_length=4)
    team: str = Field(default="", max_length=80)
    queues: list[str] = []
    skills: Skills = {}
    capacity: dict[Literal["voice", "chat", "message", "case"], Annotated[int, Field(ge=0, le=50)]] = {
        "voice": 1
    }
    voice_blocks: bool = True

    @model_validator(mode="after")
    def _in_one_order(self) -> Self:
        self.initials = self.initials or initials(self.name)
        self.queues = sorted(set(self.queues))
        self.skills = dict(sorted(self.skills.items()))
        self.capacity = dict(sorted(self.capacity.items()))
        if self.capacity.get("voice", 0) > 1:
            raise ValueError("an agent takes one call at a time: write voice: 1, or leave voice out")
        return self

    def profile(self, version: int = 1) -> AgentProfile:
        """As the router takes it."""
        return AgentProfile(
            agent_id=self.id,
            name=self.name,
            queues=frozenset(self.queues),
            skills=dict(self.skills),
            team=self.team,
            capacity={str(channel): many for channel, many in self.capacity.items()},
            voice_blocks=self.voice_blocks,
            version=version,
        )


class UserSetting(Wire):
    """Who may sign in. A user without a password cannot: `patchbay user password`, or the page, sets one."""

    username: Annotated[str, Field(pattern=r"^[^\s/]{1,60}$")]
    name: Name
    roles: list[Role] = Field(min_length=1)
    agent: str | None = None
    language: Language = "en"
    disabled: bool = False

    @model_validator(mode="after")
    def _in_one_order(self) -> Self:
        self.username = self.username.casefold()
        self.roles = list(dict.fromkeys(self.roles))
        return self


class NumberSetUp(Wire):
    """A number people call, what answers it, and the back end it comes in on.

    Either a flow answers, or one agent: then `queue` says by whose rules callers wait for that agent.
    """

    dnis: Dnis
    label: str = Field(default="", max_length=80)
    flow: str = ""
    backend: str = "webrtc"
    agent: str | None = None
    queue: str | None = None

    @model_validator(mode="after")
    def _answered(self) -> Self:
        if self.agent is None and not self.flow:
            raise ValueError("nothing answers it: write flow, or agent and queue")
        if self.agent is not None and self.flow:
            raise ValueError("a flow or an agent answers it, not both: leave out flow or agent")
        if (self.agent is None) != (self.queue is None):
            raise ValueError("an agent's own number has agent and queue: write both, or neither")
        return self


class CalendarSetting(Wire):
    """Opening hours. `weekly`: `always`, or day -> hours as `08:00-18:00`."""

    id: Id
    name: str = Field(default="", max_length=80)
    zone: str = "Europe/London"
    weekly: Literal["always"] | dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], list[str]]
    holidays: dict[Literal["country", "region"], str] | None = None
    closures: list[dict[str, str]] = []
    openings: list[dict[str, Any]] = []

    @model_validator(mode="after")
    def _readable(self) -> Self:
        """As `calendars` reads and writes it, so that two writings of one calendar are equal."""
        try:
            plain = calendar_to_dict(calendar_from_dict(self.body()))
        except CalendarError as error:
            raise ValueError(str(error)) from None
        self.weekly, self.closures, self.openings = plain["weekly"], plain["closures"], plain["openings"]
        return self

    def body(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


class ReasonEntry(Wire):
    """One entry of a list people choose from. Retired ones (`active` false) keep their name in reports."""

    code: Code
    label: Texts
    group: str = Field(default="", max_length=40)
    active: bool = True

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.label.get("en", "").strip():
            raise ValueError("the English label is missing: write label: {en: ...}")
        return self


class ReasonList(Wire):
    """A list in the order people see it."""

    id: Literal["disposition", "not_ready_reason", "decline_reason"]
    entries: list[ReasonEntry]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [entry.code for entry in self.entries]
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice is not None:
            raise ValueError(f"the code {twice} stands in the list twice: give one of them another")
        return self


class SoundSetting(Wire):
    """A prompt with its words, or music. Recordings are files and not part of the configuration file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,59}$")]
    kind: Literal["prompt", "music"] = "prompt"
    name: str = Field(default="", max_length=80)
    texts: Texts = {}


class FlowSetting(Wire):
    """The published version of a call flow, as docs/flows.md describes it."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    flow: dict[str, Any]


SECTIONS: Mapping[str, tuple[type[Wire], str]] = {
    "routing": (RoutingSetting, "id"),
    "skills": (SkillSetting, "skill"),
    "teams": (TeamSetting, "team"),
    "calendars": (CalendarSetting, "id"),
    "sounds": (SoundSetting, "id"),
    "queues": (QueueSetting, "id"),
    "agents": (AgentSetting, "id"),
    "users": (UserSetting, "username"),
    "reasons": (ReasonList, "id"),
    "flows": (FlowSetting, "id"),
    "numbers": (NumberSetUp, "dnis"),
}
"""Section -> (its objects' shape, the field that names one). Later ones may refer to earlier ones."""


class CentreFile(Wire):
    """The whole configuration in one file. A section left out stays as it is; an empty one empties."""

    patchbay: Literal[1] = 1
    routing: list[RoutingSetting] | None = None
    skills: list[SkillSetting] | None = None
    teams: list[TeamSetting] | None = None
    calendars: list[CalendarSetting] | None = None
    sounds: list[SoundSetting] | None = None
    queues: list[QueueSetting] | None = None
    agents: list[AgentSetting] | None = None
    users: list[UserSetting] | None = None
    reasons: list[ReasonList] | None = None
    flows: list[FlowSetting] | None = None
    numbers: list[NumberSetUp] | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for section, (_, key) in SECTIONS.items():
            names = [getattr(each, key) for each in getattr(self, section) or ()]
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f"{section} has {twice} twice: give one of them another {key}")
        return self


# --- requests and answers -------------------------------------------------------------------------

Setting = TypeVar("Setting", bound=BaseModel)


class Saving(Wire, Generic[Setting]):
    """`version` is the one that was changed, 0 for a new object; another one stored refuses it (409)."""

    setting: Setting
    version: int


SAVINGS: Mapping[type[Wire], type[Saving[Any]]] = {
    model: create_model(f"Saving{model.__name__}", __base__=Saving[model], __module__=__name__)  # type: ignore[valid-type]
    for model, _ in SECTIONS.values()
}
"""What is sent to save an object of each shape, each under a name of its own."""


class SkillsChange(Wire):
    skills: Skills
    version: int


class EditView(Wire):
    """Put `value` at `path` of an object; `remove` takes it away, `item` means one value of a list."""

    section: str
    id: str
    path: list[str]
    value: str | float | bool | list[str] | None = None
    remove: bool = False
    item: bool = False


class CureView(Wire):
    """`go` names a page, or a field of this one, where a person must choose."""

    code: str
    label: str
    edit: EditView | None = None
    go: str | None = None


class FindingView(Wire):
    code: str
    severity: Literal["error", "warning"]
    section: str
    id: str
    where: list[str]
    title: str
    what: str
    cures: list[CureView]


class SetUpSaved(Wire):
    version: int
    findings: list[FindingView]


class Findings(Wire):
    findings: list[FindingView]


class SoundFile(Wire):
    """An uploaded sound file. `language` is empty for music."""

    language: str
    duration_s: float
    bytes: int


class SoundUse(Wire):
    """Where a sound is used: `section` and `id` of the object."""

    section: str
    id: str
    name: str


class SoundView(Wire):
    """`texts` are the words as callers hear them now, shipped ones included."""

    id: str
    shipped: bool
    texts: Texts = {}
    recordings: list[SoundFile]
    used: list[SoundUse]


class CentreView(Wire):
    """Everything that is set up, with the version of each object (`section/key`)."""

    centre: CentreFile
    versions: dict[str, int]
    findings: list[FindingView]
    sounds: list[SoundView]
    revision: int


class StillWaiting(Wire):
    """Of the callers of the last day, the share that still waited after so long."""

    callers: int
    points: list[tuple[float, float]]
    """(seconds waited, share 0 to 1)."""


class FieldChange(Wire):
    """One field. `old` None: it was not there; `new` None: it no longer is."""

    path: str
    old: str | None
    new: str | None


class ObjectChange(Wire):
    section: str
    id: str
    name: str
    kind: Literal["added", "changed", "removed"]
    fields: list[FieldChange]


class Difference(Wire):
    """What a file changes. `applied` only when it was not a dry run and no error stands against it."""

    changes: list[ObjectChange]
    findings: list[FindingView]
    applied: bool


class Apply(Wire):
    centre: CentreFile
    dry_run: bool = True


class NewPassword(Wire):
    password: str = Field(min_length=10, max_length=200)

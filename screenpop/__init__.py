"""Who is calling, and what the agent sees of them: caller number to customer and cases to a screen pop.

    normalise(ani, region)                       -> E164 | Withheld | Unusable
    match(number, collected, candidates)         -> Known | Several | Unknown
    build_pop(match=, call=, speaker=, ...)      -> Pop
    say(sentence, language)                      -> str

Everything here is pure: customers, cases and history are handed in, instants too. Words are chosen last, by
`say`, so that one pop can be read in each agent's own language.
"""

from screenpop.matching import (
    Candidate,
    CustomerNumber,
    Known,
    Match,
    NumberRole,
    Proof,
    Ranked,
    Several,
    Unknown,
    Verification,
    chosen_by_agent,
    match,
    verified_by_agent,
)
from screenpop.numbers import (
    E164,
    CallerNumber,
    NumberKind,
    Unusable,
    UnusableReason,
    Withheld,
    format_international,
    mask,
    normalise,
    place_of,
)
from screenpop.pop import (
    CallFacts,
    Customer,
    HistoryEntry,
    LikelyCase,
    MatchKind,
    OfferOutcome,
    OpenCase,
    PastOffer,
    PathStep,
    Pop,
    PopCandidate,
    Speaker,
    build_pop,
)
from screenpop.words import LANGUAGES, Sentence, say

__all__ = [
    "E164",
    "LANGUAGES",
    "CallFacts",
    "CallerNumber",
    "Candidate",
    "Customer",
    "CustomerNumber",
    "HistoryEntry",
    "Known",
    "LikelyCase",
    "Match",
    "MatchKind",
    "NumberKind",
    "NumberRole",
    "OfferOutcome",
    "OpenCase",
    "PastOffer",
    "PathStep",
    "Pop",
    "PopCandidate",
    "Proof",
    "Ranked",
    "Sentence",
    "Several",
    "Speaker",
    "Unknown",
    "Unusable",
    "UnusableReason",
    "Verification",
    "Withheld",
    "build_pop",
    "chosen_by_agent",
    "format_international",
    "mask",
    "match",
    "normalise",
    "place_of",
    "say",
    "verified_by_agent",
]

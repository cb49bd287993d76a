"""Erlang's formulas: what a queue does when arrivals are Poisson and handle times exponential.

    erlang_b   all lines busy, nobody waits
    erlang_c   everybody waits as long as it takes
    erlang_a   callers give up after an exponential patience

Loads are in erlangs (arrivals a second times handle time in seconds), times in seconds.

Source: A. K. Erlang 1917 (B, C); C. Palm 1957 and Baccelli & Hebuterne 1981, virtual wait of M/M/n+G (A).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

AGENTS_MAX = 10_000
"""`agents_needed` gives up beyond this."""

_SIMPSON_STEPS = 400
"""Per piece, even. The integrands are smooth, so the error is below 1e-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What callers and agents meet.

    Attributes:
        p_wait: share of callers who find nobody free.
        asa_s: mean wait of all callers, those who give up included.
        service_level: share of all callers answered within the target.
        occupancy: share of their time that agents are busy.
        p_abandon: share of callers who give up.
    """

    p_wait: float
    asa_s: float
    service_level: float
    occupancy: float
    p_abandon: float = 0.0


def erlang_b(servers: int, load: float) -> float:
    """Share of callers who find all `servers` busy and are turned away."""
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of callers who have to wait; 1 when the load is more than the servers can carry."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1.0 - blocked))


def waiting_without_limit(agents: int, calls_per_s: float, aht_s: float, target_s: float) -> Performance:
    """Erlang C. An overloaded queue grows for ever: infinite wait, no service."""
    load = calls_per_s * aht_s
    if load >= agents:
        return Performance(p_wait=1.0, asa_s=math.inf, service_level=0.0, occupancy=1.0)
    return _without_limit(agents, load, aht_s, target_s, erlang_b(agents, load))


def waiting_with_patience(
    agents: int, calls_per_s: float, aht_s: float, target_s: float, patience_s: float
) -> Performance:
    """Erlang A. `patience_s` is the mean time after which a waiting caller gives up. Always stable.

    The wait that a caller of endless patience would meet is 0 with the probability of a free agent and has
    else the density  rate p(agents - 1) exp(rate patience (1 - e^(-x / patience)) - agents x / aht).
    """
    load = calls_per_s * aht_s

    def exponent(x: float) -> float:
        given_up_s = -math.expm1(-x / patience_s) * patience_s
        return calls_per_s * given_up_s - agents * x / aht_s

    # The density is scaled by its peak: under overload it would not fit a float.
    peak_at = patience_s * math.log(load / agents) if load > agents else 0.0
    peak = exponent(peak_at)
    # Relative to p(agents - 1): all states with somebody free, by the same recursion as Erlang B.
    free = math.exp(-peak) / erlang_b(agents - 1, load)

    def density(x: float) -> float:
        return calls_per_s * math.exp(exponent(x) - peak)

    horizon = _horizon(exponent, peak_at, aht_s / agents)
    grain = min(aht_s / agents, patience_s)
    waiting = _integral(density, horizon, grain)
    total = free + waiting
    left = _integral(lambda x: -math.expm1(-x / patience_s) * density(x), horizon, grain)
    in_time = _integral(lambda x: math.exp(-x / patience_s) * density(x), min(target_s, horizon), grain)
    p_abandon = left / total
    return Performance(
        p_wait=waiting / total,
        asa_s=p_abandon * patience_s,
        service_level=(free + in_time) / total,
        # The integration is off by up to 1e-8; a share is never above one.
        occupancy=min(1.0, load * (1.0 - p_abandon) / agents),
        p_abandon=p_abandon,
    )


def agents_needed(
    calls_per_s: float, aht_s: float, target_s: float, service_level: float, occupancy_max: float = 1.0
) -> int:
    """The fewest agents that answer the share `service_level` within `target_s` (Erlang C).

    Raises:
        ValueError: no number of agents up to `AGENTS_MAX` does.
    """
    load = calls_per_s * aht_s
    blocked = 1.0
    for agents in range(1, AGENTS_MAX + 1):
        blocked = load * blocked / (agents + load * blocked)
        if agents <= load:
            continue
        found = _without_limit(agents, load, aht_s, target_s, blocked)
        if found.service_level >= service_level and found.occupancy <= occupancy_max:
            return agents
    raise ValueError(f"no staffing up to {AGENTS_MAX} agents answers {service_level:.0%} in {target_s} s")


def _without_limit(agents: int, load: float, aht_s: float, target_s: float, blocked: float) -> Performance:
    """Erlang C of a queue that is not overloaded, from its Erlang B."""
    p_wait = agents * blocked / (agents - load * (1.0 - blocked))
    return Performance(
        p_wait=p_wait,
        asa_s=p_wait * aht_s / (agents - load),
        service_level=1.0 - p_wait * math.exp(-(agents - load) * target_s / aht_s),
        occupancy=load / agents,
    )


def _horizon(exponent: Callable[[float], float], peak_at: float, step: float) -> float:
    """A wait, later than the peak, from which on the density is less than e^-60 of its peak."""
    while exponent(peak_at + step) > exponent(peak_at) - 60.0:
        step *= 2.0
    return peak_at + step


def _integral(f: Callable[[float], float], end: float, grain: float) -> float:
    """From 0 to `end` by Simpson's rule, in pieces that double from `grain`, where `f` changes fastest."""
    total, start, stop = 0.0, 0.0, grain
    while start < end:
        stop = min(stop, end)
        step = (stop - start) / _SIMPSON_STEPS
        inner = sum(f(start + i * step) * (4 if i % 2 else 2) for i in range(1, _SIMPSON_STEPS))
        total += (f(start) + f(stop) + inner) * step / 3
        start, stop = stop, stop * 2.0
    return total

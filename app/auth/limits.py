"""How often one may ask: sign-in and whatever an anonymous caller can reach.

Counted in this process; with Redis configured, in Redis, so that several nodes share the count. With Redis
down each node counts for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter as SharedLimiter
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter as LocalLimiter

from app.clock import monotonic, wall_now
from app.errors import TooManyRequests

log = structlog.get_logger(__name__)

REDIS_TIMEOUT_S = 0.5
REDIS_PAUSE_S = 15.0
"""After a failure Redis is left alone for so long, so that its absence slows nobody down."""


class RateLimits:
    """Named limits like `{"sign_in": "30/minute"}`.

    Args:
        limits: Name -> limit in the notation of the `limits` library.
        redis_url: Where nodes share their counts; None: this process alone.
    """

    def __init__(self, limits: Mapping[str, str], redis_url: str | None = None) -> None:
        self._limits: dict[str, RateLimitItem] = {name: parse(text) for name, text in limits.items()}
        self._local = LocalLimiter(MemoryStorage())
        self._shared: SharedLimiter | None = None
        self._shared_again_s = 0.0
        self._pool: ConnectionPool | None = None
        if redis_url:
            # Imported here: it takes a third of a second that a restart without Redis need not wait.
            from redis.asyncio import ConnectionPool

            self._pool = ConnectionPool.from_url(redis_url, socket_connect_timeout=REDIS_TIMEOUT_S)
            storage = RedisStorage(
                f"async+{redis_url}",
                implementation="redispy",
                connection_pool=self._pool,  # type: ignore[arg-type]
            )
            self._shared = SharedLimiter(storage)

    async def close(self) -> None:
        """Close the connections to Redis, if there are any."""
        if self._pool is not None:
            await self._pool.aclose()

    async def hit(self, name: str, who: str, *, quietly: bool = False) -> None:
        """Count one try. With `quietly` it is counted and nothing more.

        Raises:
            TooManyRequests: this one is over the limit `name`.
        """
        if not await self._ask("hit", name, who) and not quietly:
            raise self._refusal(name, who)

    async def check(self, name: str, who: str) -> None:
        """Count nothing.

        Raises:
            TooManyRequests: the limit `name` is used up.
        """
        if not await self._ask("test", name, who):
            raise self._refusal(name, who)

    def _refusal(self, name: str, who: str) -> TooManyRequests:
        limit = self._limits[name]
        stats = self._local.get_window_stats(limit, name, who)
        wait_s = (datetime.fromtimestamp(stats.reset_time, UTC) - wall_now()).total_seconds()
        return TooManyRequests(retry_after_s=min(max(1, round(wait_s)), limit.get_expiry()))

    async def _ask(self, verb: Literal["hit", "test"], name: str, who: str) -> bool:
        limit = self._limits[name]
        if self._shared is not None and monotonic() >= self._shared_again_s:
            try:
                async with asyncio.timeout(REDIS_TIMEOUT_S):
                    allowed: bool = await getattr(self._shared, verb)(limit, name, who)
                    return allowed
            except Exception as error:
                self._shared_again_s = monotonic() + REDIS_PAUSE_S
                log.warning("rate limits are counted here alone: Redis does not answer", error=repr(error))
        here: bool = getattr(self._local, verb)(limit, name, who)
        return here

"""The servers that the tests bring along."""

from __future__ import annotations

from redis.asyncio import Redis

from app.store.database import Database


async def test_the_sessions_own_redis_answers(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    try:
        assert await client.set("greeting", "hello")
        assert await client.get("greeting") == b"hello"
    finally:
        await client.aclose()


async def test_the_sessions_own_postgresql_answers(postgres_url: str) -> None:
    database = Database(postgres_url)
    await database.ping()
    await database.close()

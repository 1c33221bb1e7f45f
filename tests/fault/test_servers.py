"""The servers that the other tests lean on: they come up clean and come back after a kill."""

from __future__ import annotations

import psycopg
import pytest
import redis as redis_client

from tests.servers import PostgisServer, Server, redis_url


def test_postgis_makes_a_fresh_database_with_geometry(postgis: PostgisServer) -> None:
    url = postgis.fresh_database()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE EXTENSION postgis")
        area = connection.execute("SELECT ST_Area('POLYGON((0 0,2 0,2 2,0 0))'::geometry)")
        assert area.fetchone() == (2.0,)
    postgis.drop_database(url)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""))


def test_postgis_keeps_what_was_committed_when_it_is_killed(postgis: PostgisServer) -> None:
    url = postgis.fresh_database().replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 911 AS number")
    postgis.kill()
    postgis.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (911,)


def test_redis_comes_back_on_the_same_port_after_a_kill(redis: Server) -> None:
    with redis_client.Redis.from_url(redis_url(redis)) as client:
        client.set("unit", "E12")
        redis.kill()
        redis.start()
        assert client.get("unit") is None

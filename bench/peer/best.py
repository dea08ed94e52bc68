"""The fastest service that Python's libraries allow: the newest FastAPI on uvloop and httptools, asyncpg, orjson, no ORM, one INSERT a batch."""
import os
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated, Literal

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import AwareDatetime, FiniteFloat, TypeAdapter, ValidationError
from typing_extensions import TypedDict

INSERT = """INSERT INTO server_metrics_fact (vm, "timestamp", metric, value)
    SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::float8[]) ON CONFLICT (vm, "timestamp", metric) DO NOTHING"""


class Metric(TypedDict):
    vm: str
    timestamp: AwareDatetime
    metric: str
    value: FiniteFloat


one, many = TypeAdapter(Metric), TypeAdapter(list[Metric])


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"]) as app.state.pool:
        yield


app = FastAPI(lifespan=lifespan)


def facts(limit: int, **where) -> tuple[str, list]:
    """The rows of the conditions that are not None, as SQL and its arguments."""
    conditions = {"vm": "vm =", "metric": "metric =", "since": '"timestamp" >=', "until": '"timestamp" <='}
    given = [(conditions[k], v) for k, v in where.items() if v is not None]
    text = " AND ".join(f"{c} ${i}" for i, (c, _) in enumerate(given, 1)) or "true"
    query = f'SELECT vm, "timestamp", metric, value::float8 FROM server_metrics_fact WHERE {text} ORDER BY "timestamp" LIMIT {limit:d}'
    return query, [v for _, v in given]


async def by_rows(query: str, args: list) -> bytes:
    rows = await app.state.pool.fetch(query, *args)
    return orjson.dumps([{"vm": v, "timestamp": t, "metric": m, "value": x} for v, t, m, x in rows], option=orjson.OPT_UTC_Z)


async def by_arrays(query: str, args: list) -> bytes:
    """Less to decode: a column each instead of a row each."""
    columns = await app.state.pool.fetchrow(f'SELECT array_agg(vm), array_agg("timestamp"), array_agg(metric), array_agg(value) FROM ({query}) q', *args)
    rows = zip(*columns) if columns[0] else ()
    return orjson.dumps([{"vm": v, "timestamp": t, "metric": m, "value": x} for v, t, m, x in rows], option=orjson.OPT_UTC_Z)


async def by_postgres(query: str, args: list) -> bytes:
    """Nothing to do at all: Postgres writes the JSON."""
    return (await app.state.pool.fetchval(f"SELECT coalesce(json_agg(q), '[]')::text FROM ({query}) q", *args)).encode()


ways = {"rows": by_rows, "arrays": by_arrays, "postgres": by_postgres}


async def select(limit: int, way: str = "rows", **where) -> Response:
    return Response(await ways[way](*facts(limit, **where)), media_type="application/json")


async def store(check: TypeAdapter, request: Request) -> Response:
    try:
        points = check.validate_json(await request.body())
    except ValidationError as e:
        return Response(e.json(), 422, media_type="application/json")
    points = points if check is many else [points]
    try:
        await app.state.pool.execute(INSERT, [p["vm"] for p in points], [p["timestamp"] for p in points], [p["metric"] for p in points],
                                     [p["value"] for p in points])
    except asyncpg.CheckViolationError:
        raise HTTPException(422, "a point lies in the future")
    return Response(orjson.dumps({"stored": len(points)}), 201, media_type="application/json")


@app.get("/healthz")
async def healthz():
    return {"status": "ok"}


@app.get("/api/v1/latest_metrics")
async def latest_metrics(vm: str | None = None, metric: str | None = None):
    return await select(100_000, vm=vm, metric=metric, since=datetime.now(timezone.utc) - timedelta(hours=24))


@app.get("/api/v1/metrics")
async def read_metrics(vm: str | None = None, metric: str | None = None, days: int | None = None, start_date: datetime | None = None,
                       end_date: datetime | None = None, limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
                       way: Literal["rows", "arrays", "postgres"] = "rows"):
    since = start_date if days is None else datetime.now(timezone.utc) - timedelta(days=days)
    return await select(limit, way, vm=vm, metric=metric, since=since, until=end_date)


@app.post("/api/v1/metrics/")
async def create_metric(request: Request):
    return await store(one, request)


@app.post("/api/v1/metrics/batch/")
async def create_metrics(request: Request):
    return await store(many, request)

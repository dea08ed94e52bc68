"""The fastest service that Python's libraries allow: the newest FastAPI on uvloop and httptools, asyncpg, orjson, no ORM, one INSERT a batch."""
import os
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Annotated

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


async def select(limit: int, **where) -> Response:
    """Rows of the conditions that are not None, as JSON."""
    conditions = {"vm": "vm =", "metric": "metric =", "since": '"timestamp" >=', "until": '"timestamp" <='}
    given = [(conditions[k], v) for k, v in where.items() if v is not None]
    text = " AND ".join(f"{c} ${i}" for i, (c, _) in enumerate(given, 1)) or "true"
    rows = await app.state.pool.fetch(f'SELECT vm, "timestamp", metric, value::float8 FROM server_metrics_fact WHERE {text} ORDER BY "timestamp" LIMIT {limit:d}',
                                      *(v for _, v in given))
    return Response(orjson.dumps([dict(r) for r in rows], option=orjson.OPT_UTC_Z), media_type="application/json")


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
                       end_date: datetime | None = None, limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000):
    since = start_date if days is None else datetime.now(timezone.utc) - timedelta(days=days)
    return await select(limit, vm=vm, metric=metric, since=since, until=end_date)


@app.post("/api/v1/metrics/")
async def create_metric(request: Request):
    return await store(one, request)


@app.post("/api/v1/metrics/batch/")
async def create_metrics(request: Request):
    return await store(many, request)

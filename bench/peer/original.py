"""The service as it was first designed: FastAPI, sessions of SQLAlchemy's ORM over psycopg2, answers as pydantic models."""
import os
from datetime import datetime, timedelta, timezone
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import DateTime, Numeric, Select, create_engine, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(os.environ["DATABASE_URL"])
SessionLocal = sessionmaker(bind=engine, autoflush=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Fact(Base):
    __tablename__ = "server_metrics_fact"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    vm: Mapped[str]
    timestamp: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    metric: Mapped[str]
    value: Mapped[float] = mapped_column(Numeric(asdecimal=False))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Metric(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    vm: str
    timestamp: datetime
    metric: str
    value: float


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


def of_series(vm: str | None, metric: str | None) -> Select:
    query = select(Fact)
    if vm:
        query = query.where(Fact.vm == vm)
    if metric:
        query = query.where(Fact.metric == metric)
    return query


def commit(db: Session):
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "a point is there already, or lies in the future")


@app.get("/healthz")
def healthz():
    return {"status": "ok"}


@app.get("/api/v1/latest_metrics", response_model=list[Metric])
def latest_metrics(vm: str | None = None, metric: str | None = None, db: Session = Depends(get_db)):
    since = datetime.now(timezone.utc) - timedelta(hours=24)
    return db.scalars(of_series(vm, metric).where(Fact.timestamp >= since).order_by(Fact.timestamp)).all()


@app.get("/api/v1/metrics", response_model=list[Metric])
def read_metrics(vm: str | None = None, metric: str | None = None, days: int | None = None, start_date: datetime | None = None,
                 end_date: datetime | None = None, limit: int = 10_000, db: Session = Depends(get_db)):
    query = of_series(vm, metric)
    if days:
        query = query.where(Fact.timestamp >= datetime.now(timezone.utc) - timedelta(days=days))
    if start_date:
        query = query.where(Fact.timestamp >= start_date)
    if end_date:
        query = query.where(Fact.timestamp <= end_date)
    return db.scalars(query.order_by(Fact.timestamp).limit(limit)).all()


@app.post("/api/v1/metrics/", status_code=201, response_model=Metric)
def create_metric(point: Metric, db: Session = Depends(get_db)):
    fact = Fact(**point.model_dump())
    db.add(fact)
    commit(db)
    db.refresh(fact)
    return fact


@app.post("/api/v1/metrics/batch/", status_code=201)
def create_metrics(points: list[Metric], db: Session = Depends(get_db)):
    """One INSERT for all of them."""
    try:
        db.execute(insert(Fact), [p.model_dump() for p in points])
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "a point is there already, or lies in the future")
    commit(db)
    return {"stored": len(points)}


@app.post("/api/v1/metrics/each/", status_code=201)
def create_each(points: list[Metric], db: Session = Depends(get_db)):
    """The same row by row, an object each."""
    for p in points:
        db.add(Fact(**p.model_dump()))
    commit(db)
    return {"stored": len(points)}

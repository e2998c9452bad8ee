"""A site on two small releases: some figures with and without categories, in years, quarters, months, to date and at the end."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from guibiao.model.definition_tables import BREAKS, CODES, FRAMEWORK_MEMBERS, INDICATORS, PASSAGES, SOURCES
from guibiao.model.forecast_tables import FORECASTS
from guibiao.model.tables import (
    ATTAINMENT,
    FINDINGS,
    INDEX_CHANGES,
    INDEX_DRIVERS,
    INDEX_NODES,
    INDEX_RANKS,
    INDEX_SCORES,
    OBSERVATIONS,
    STATEMENTS,
    WARNINGS,
    Kind,
    Table,
)
from guibiao.publish.release import Content, draft, publish
from guibiao.serve import errors
from guibiao.serve.api import routes as api
from guibiao.serve.language import LanguageOfRequest
from guibiao.serve.sdmx import routes as sdmx
from guibiao.serve.services import Services
from guibiao.serve.settings import Settings
from guibiao.store.release import FolderArchive
from guibiao.store.release_reader import PublishedReleases
from tests.serve.browsing import browser
from tests.store.samples import finding, observation

FIRST_SEEN = datetime(2026, 3, 1, 9, tzinfo=UTC)
SECOND_SEEN = FIRST_SEEN + timedelta(days=30)
AGENCY = "SOMEWHERE"
KEY = "FREQ.INDICATOR.REF_AREA.TIME_PER_COLLECT.PRICE_BASIS.ACCOUNTING_BASIS"


def empty_row(table: Table, **given: Any) -> dict[str, Any]:
    """A row with the columns given; others are empty, null where they may be."""
    blank = {Kind.TEXT: "", Kind.INTEGER: 0, Kind.FLAG: False, Kind.FLOAT: 0.0, Kind.EXACT: 0, Kind.DAY: date(2026, 1, 1)}
    return {column.name: None if column.nullable else blank[column.kind] for column in table.columns} | given


def sales(year: int, month: int, value: float, **changes: Any) -> dict[str, Any]:
    """Sales from January to the end of a month."""
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return observation("sales", value=value, period_start=date(year, 1, 1), period_end=end, measure="to date", **changes)


def first_observations() -> list[dict[str, Any]]:
    """Figures of the first release."""
    bands = [
        observation("users", area=area, categories=f"band={band}", unit="万户", price_basis="none", value=value, measure="at end",
                    period_start=date(2023, 12, 31))
        for area in ("010000", "020000")
        for band, value in (("_T", 30.0), ("fast", 18.0), ("5G/6G", 12.0))
    ]  # fmt: skip
    census = {"accounting_basis": "census_2018"}
    return [
        *(observation(year=year, value=value, **census) for year, value in ((2021, 16000.5), (2022, 17330.2), (2023, 18766.7))),
        observation(value=9.5, area="020000", low=9.45, high=9.55, qualifier="about", printed="=约9.5亿元", **census),
        observation("growth", value=8.5, unit="%", comparison_basis="as published", price_basis="constant(2020)"),
        sales(2023, 2, 20.0), sales(2023, 3, 33.0), sales(2023, 12, 150.25),
        observation("sales", value=11.0, period_start=date(2023, 3, 1), period_end=date(2023, 3, 31)),
        observation("sales", value=640.0, period_start=date(2018, 1, 1), period_end=date(2021, 12, 31)),
        *bands,
    ]  # fmt: skip


def second_observations() -> list[dict[str, Any]]:
    """Figures of the second release: one revised, one gone, one new."""
    rows = [row for row in first_observations() if not (row["indicator"] == "output" and row["period_end"].year == 2021)]
    for row in rows:
        if row["indicator"] == "output" and row["area"] == "010000" and row["period_end"].year == 2022:
            row["value"] = 17400.25
    return [*rows, observation(year=2024, value=20000.0, accounting_basis="census_2018")]


def definitions() -> dict[Table, Sequence[Mapping[str, Any]]]:
    """What the workspace defines."""
    named = (("output", "增加值", "Output", "annual"), ("growth", "增速", "Growth", "annual"), ("sales", "零售额", "Sales", "monthly"),
             ("users", "用户数", "Users", "annual"))  # fmt: skip
    areas, bands = {"classification": "areas", "classification_zh": "地区"}, {"classification": "band", "classification_zh": "带宽"}
    codes = [
        empty_row(CODES, code="010000", name_zh="某市", name_en="Somewhere", classification_en="Areas", **areas),
        empty_row(CODES, code="020000", name_zh="某区", name_en="District", parent="010000", place=1, **areas),
        empty_row(CODES, code="fast", name_zh="<高速> & 其他", name_en="Fast", classification_en="Bandwidth", **bands),
    ]
    indicators = [
        empty_row(
            INDICATORS, indicator=name, place=place, name_zh=zh, name_en=en, frequency=frequency, definition_zh=f"{zh}的定义", unit="亿元"
        )
        for place, (name, zh, en, frequency) in enumerate(named)
    ]
    return {
        INDICATORS: indicators,
        BREAKS: [empty_row(BREAKS, indicator="output", date="2018", reason_zh="普查")],
        FRAMEWORK_MEMBERS: [empty_row(FRAMEWORK_MEMBERS, framework="core", indicator="output", framework_zh="核心", framework_en="Core")],
        CODES: codes,
        SOURCES: [empty_row(SOURCES, source="yearbook", title="年鉴", publisher="某局", grade="A", url="https://example.org/a?b=1&c=2")],
    }


def content(observations: Sequence[Mapping[str, Any]]) -> Content:
    """A release of the observations, with something in every table."""
    statements = [
        empty_row(STATEMENTS, statement=f"s{number}", indicator="output", area="010000", measure="during", source="yearbook", value=number)
        for number in range(5)
    ]
    lights = [
        empty_row(WARNINGS, board="b", series="s", period=f"2023-0{number}", light="normal", latest=number == 3) for number in (1, 2, 3)
    ]
    tables: dict[Table, Any] = {
        OBSERVATIONS: observations,
        FINDINGS: [finding(), finding(rule="other", severity="info")],
        STATEMENTS: statements,
        ATTAINMENT: [empty_row(ATTAINMENT, target=f"t{each}", status="met", document="plan", target_value=each) for each in range(3)],
        WARNINGS: lights,
        FORECASTS: [empty_row(FORECASTS, indicator="output", area="010000", model="theta")],
        PASSAGES: [empty_row(PASSAGES, document="plan", text="到2030年达到3万亿元")],
        **indices(),
        **definitions(),
    }
    return Content(workspace="somewhere", software="0.1.0", tables=tables)


def indices() -> dict[Table, Sequence[Mapping[str, Any]]]:
    """An index of two indicators for two areas: each the best at one, the second indicator with three times the weight."""
    parts = (("all", "", 2, 1.0, "arithmetic"), ("speed", "all", 1, 0.25, ""), ("price", "all", 1, 0.75, ""))
    scores = {"010000": {"speed": 100.0, "price": 1.0, "all": 25.75}, "020000": {"speed": 1.0, "price": 100.0, "all": 75.25}}
    nodes = [
        empty_row(INDEX_NODES, index="life", code=code, place=place, parent=parent, level=level, weight=weight, share=weight, name_zh=code,
                  name_en=code, title_zh="" if parent else "生活指数", title_en="" if parent else "Life", direction=1, aggregation=mean)
        for place, (code, parent, level, weight, mean) in enumerate(parts)
    ]  # fmt: skip
    rows = [
        empty_row(INDEX_SCORES, index="life", unit=unit, name=unit, year=2023, code=code, level=2 if code == "all" else 1, score=score,
                  rank=1 if score > 50 else 2, **({"rank_low": 1.0, "rank_high": 2.0, "runs": 300, "seed": 1} if code == "all" else {}))
        for unit, own in scores.items() for code, score in own.items()
    ]  # fmt: skip
    chances = [(unit, rank, 0.8 if (unit == "020000") == (rank == 1) else 0.2) for unit in scores for rank in (1, 2)]
    return {
        INDEX_SCORES: rows,
        INDEX_NODES: nodes,
        INDEX_RANKS: [
            empty_row(INDEX_RANKS, index="life", year=2023, unit=unit, rank=rank, probability=chance) for unit, rank, chance in chances
        ],
        INDEX_DRIVERS: [
            empty_row(INDEX_DRIVERS, index="life", year=2023, factor=name, total=0.5) for name in ("weights", "treat", "impute")
        ],
        INDEX_CHANGES: [
            empty_row(INDEX_CHANGES, index="life", unit="010000", since=2022, year=2023, code=code, kind="value", contribution=1.5)
            for code in ("speed", "price", "all")
        ],
    }


def published(folder: Path) -> FolderArchive:
    """Both releases, published a month apart."""
    archive = FolderArchive(folder)
    for rows, moment in ((first_observations(), FIRST_SEEN), (second_observations(), SECOND_SEEN)):
        publish(archive, draft(archive, content(rows), at=moment).id, at=moment)
    return archive


def application(folder: Path, **more: Any) -> FastAPI:
    """The interfaces for programs on the releases of a folder, without the doors before them."""
    services = Services(releases=PublishedReleases(folder), **{"words": None, **more})
    settings = Settings(name_zh="某市数据", name_en="Data of Somewhere", publisher_zh="某局", licence="CC BY 4.0")
    found = FastAPI(openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None)
    found.state.services, found.state.settings = services, settings
    errors.install(found, errors.as_json)
    for part in (api, sdmx):
        part.register(found, services, settings)
    found.add_middleware(LanguageOfRequest, default=settings.language, secure=False)
    return found


def client(folder: Path, **more: Any) -> httpx.Client:
    """A client of that site that accepts anything."""
    return browser(application(folder, **more), Accept="*/*")


def tags(document: bytes, name: str) -> list[ET.Element]:
    """Elements of an XML document by local name."""
    return [each for each in ET.fromstring(document).iter() if each.tag.rpartition("}")[2] == name]

"""A made-up city whose releases hold many observations, for load on its site: every row says `synthetic`, and none is of any place."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from guibiao.model.basis import ComparisonBasis
from guibiao.model.tables import ATTAINMENT, FINDINGS, OBSERVATIONS, STATEMENTS, WARNINGS
from guibiao.publish.release import Content, draft, publish
from guibiao.publish.released_definitions import definition_rows
from guibiao.reference.definitions import Workspace
from guibiao.reference.load import load_workspace
from guibiao.reference.scaffold import scaffold
from guibiao.store.engine import identifier
from guibiao.store.open import open_archive

NAME, TITLE, CITY, NATION = "loadtest", "合成市", "990100", "990000"
DISTRICTS, CITIES = 17, 30
BRANCHES = 79
"""Branches of the monthly indicators, besides the total; the yearly ones have the first `YEARLY_BRANCHES` of them."""
YEARLY_BRANCHES = 25
MONTHLY, YEARLY, PLAIN = 4, 240, 60
FIRST_YEAR, YEARS, MONTHS = 2004, 20, 260
FULL = 10_000_000
REVISED = 240
"""Observations by which each further release differs from the one before."""
RELEASES = 3
MADE = "releases.json"
_TAIL = """
    'exact' AS qualifier, figure::VARCHAR AS printed, CASE WHEN growing THEN '%' ELSE '亿元' END AS unit,
    1::BIGINT AS decimals, 'current' AS price_basis, CASE WHEN growing THEN 'naive' ELSE 'none' END AS comparison_basis,
    '' AS accounting_basis, 'verified' AS stage, 'synthetic' AS method, 'A' AS status,
    period_end + 60 AS known_from, 'day' AS known_precision, 'D' AS grade, 'example' AS source, '' AS locator, '' AS statement,
    0::BIGINT AS alternatives"""


@dataclass(frozen=True, slots=True)
class Made:
    """The workspace folder, the output folder with its releases, and the names that requests are drawn from."""

    workspace: Path
    out: Path
    releases: tuple[str, ...]
    observations: int
    monthly: tuple[str, ...]
    yearly: tuple[str, ...]
    plain: tuple[str, ...]
    areas: tuple[str, ...]
    branches: tuple[str, ...]
    """Codes that the yearly indicators have, the total among them."""


def made_city(folder: Path, rows: int = FULL) -> Made:
    """The city with `RELEASES` releases of about `rows` observations each, the first published; what is in `folder` already is used."""
    share = rows / FULL
    months, yearly = max(12, round(MONTHS * share)), max(8, round(YEARLY * share))
    place = folder / f"city-{rows}"
    names = _names(yearly)
    areas = (CITY, NATION, *(f"99{number:02d}00" for number in range(2, 2 + CITIES)), *(f"9901{n:02d}" for n in range(1, DISTRICTS + 1)))
    branches = ("_T", *(f"b{number:02d}" for number in range(1, YEARLY_BRANCHES + 1)))
    known = place / MADE
    if not known.is_file():
        _make(place, names, areas, months)
    said = json.loads(known.read_bytes())
    return Made(place / NAME, place / "out", tuple(said["releases"]), said["observations"], *names, areas, branches)


def _names(yearly: int) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Indicators by month and branch, by year and branch, by year alone; every second of the last is the growth of the one before it."""
    monthly = tuple(f"monthly_{number:03d}" for number in range(MONTHLY))
    plain = tuple(f"plain_{number // 2:03d}{'_growth' if number % 2 else ''}" for number in range(PLAIN))
    return monthly, tuple(f"yearly_{number:03d}" for number in range(yearly)), plain


def _make(place: Path, names: tuple[tuple[str, ...], ...], areas: tuple[str, ...], months: int) -> None:
    place.mkdir(parents=True, exist_ok=True)
    workspace = _workspace(place, names, areas)
    archive = open_archive(place / "out" / "releases")
    moment, releases, observations = datetime(2026, 1, 5, 1, tzinfo=UTC), [], 0
    stated = place / "statements.parquet"
    for number in range(RELEASES):
        rows = place / f"observations-{number}.parquet"
        observations = _write_observations(rows, names, areas, months, revision=number)
        if not number:
            _write_statements(stated, rows)
        tables = {OBSERVATIONS: rows, STATEMENTS: stated, FINDINGS: [], ATTAINMENT: [], WARNINGS: [], **definition_rows(workspace)}
        content = Content(workspace=NAME, software="benchmark", tables=tables)
        releases.append(draft(archive, content, at=moment + timedelta(days=number), who="benchmark").id)
        rows.unlink()
    stated.unlink()
    publish(archive, releases[0], at=moment + timedelta(days=RELEASES), who="benchmark")
    (place / MADE).write_text(json.dumps({"releases": releases, "observations": observations}), "utf-8")


def _workspace(place: Path, names: tuple[tuple[str, ...], ...], areas: tuple[str, ...]) -> Workspace:
    """The scaffold's workspace with further indicators, areas and a classification of branches."""
    folder = place / NAME if (place / NAME).is_dir() else scaffold(place, NAME, TITLE, CITY)
    monthly, yearly, plain = names
    definitions = [_indicator(name, ("branch",), "monthly") for name in monthly]
    definitions += [_indicator(name, ("branch",)) for name in yearly]
    definitions += [_indicator(name, ()) for name in plain]
    (folder / "indicators" / "load.yaml").write_text(json.dumps(definitions, ensure_ascii=False), "utf-8")
    _codes(folder / "classifications" / "areas.csv", [(code, f"合成地区{code}", _parent(code)) for code in areas])
    every = [("_T", "合计", ""), *((f"b{number:02d}", f"合成行业{number:02d}", "") for number in range(1, BRANCHES + 1))]
    _codes(folder / "classifications" / "branch.csv", every[1:])
    return load_workspace(folder)


def _indicator(name: str, dimensions: tuple[str, ...], frequency: str = "annual") -> dict[str, object]:
    growth = name.endswith("_growth")
    found: dict[str, object] = {
        "id": name, "name_zh": f"合成指标 {name}", "name_en": f"synthetic {name}", "unit": "%" if growth else "亿元", "owner": "合成",
        "definition_zh": "合成数据，仅用于负载试验。", "price_basis": "current", "dimensions": list(dimensions), "frequency": frequency,
        "accounting_bases": [], "nature": "growth" if growth else "level", "additive_over": [] if growth else ["area", *dimensions],
        "comparison_basis": ComparisonBasis.NAIVE.value if growth else ComparisonBasis.NONE.value,
    }  # fmt: skip
    if growth:
        found["relation"] = {"kind": "growth", "of": name.removesuffix("_growth")}
    return found


def _parent(code: str) -> str:
    return "" if code == NATION else CITY if code.startswith("9901") and code != CITY else NATION


def _codes(path: Path, rows: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name_zh", "name_en", "parent", "aliases", "valid_from", "valid_to", "status", "row", "column"))
        writer.writerows((code, name, "", parent, "", "", "", "", "", "") for code, name, parent in rows)


def _write_observations(path: Path, names: tuple[tuple[str, ...], ...], areas: tuple[str, ...], months: int, *, revision: int) -> int:
    """All observations of one release as Parquet; `revision` moves a few of the last."""
    monthly, yearly, plain = names
    start = f"(DATE '{FIRST_YEAR}-01-01' + to_months(n::INTEGER))::DATE"
    month = f"SELECT {start} AS period_start, last_day({start}) AS period_end FROM range({months}) AS m(n)"
    years = f"range({FIRST_YEAR}, {FIRST_YEAR + YEARS}) AS y(n)"
    year = f"SELECT make_date(n, 1, 1) AS period_start, make_date(n, 12, 31) AS period_end FROM {years}"
    parts = [
        _block(monthly, areas, BRANCHES, month, revision), _block(yearly, areas, YEARLY_BRANCHES, year, revision),
        _block(plain, areas, None, year, revision),
    ]  # fmt: skip
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute(f"SET temp_directory = '{path.parent / 'spilled'}'")
        done = connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{path}' (FORMAT parquet)").fetchone()
    return int(done[0]) if done else 0


def _block(names: tuple[str, ...], areas: tuple[str, ...], branches: int | None, periods: str, revision: int) -> str:
    """Every name x area x branch x period; smooth growth with noise, revised in some of the last periods."""
    codes = f"SELECT CASE n WHEN 0 THEN 'branch=_T' ELSE printf('branch=b%02d', n) END FROM range({(branches or 0) + 1}) AS b(n)"
    level = f"(50 + hash(name, area, categories) % 950) * pow(1.06, year(period_end) - {FIRST_YEAR} + month(period_end) / 12.0)"
    noise = "(hash(name, area, categories, period_end) % 1000) / 1000.0"
    last = f"period_end = (SELECT max(period_end) FROM ({periods}))"
    revised = f"CASE WHEN {last} AND hash(area, categories, name) % {_every(names, areas, branches)} < {revision} THEN 0.1 ELSE 0 END"
    figure = f"round(CASE WHEN growing THEN 10 * {noise} ELSE {level} * (0.97 + 0.06 * {noise}) END, 1) + {revised}"
    return f"""
        SELECT name AS indicator, area, categories, period_start, period_end, 'during' AS measure, figure::DOUBLE AS value,
            figure::DOUBLE - 0.05 AS low, figure::DOUBLE + 0.05 AS high, {_TAIL}
        FROM (
            SELECT *, suffix(name, '_growth') AS growing, {figure} AS figure
            FROM (SELECT unnest({list(names)}) AS name), (SELECT unnest({list(areas)}) AS area),
                ({codes if branches is not None else "SELECT ''"}) AS c(categories), ({periods})
        )"""


def _every(names: tuple[str, ...], areas: tuple[str, ...], branches: int | None) -> int:
    """One series in so many is revised: `REVISED` in all blocks together."""
    return max(1, len(names) * len(areas) * ((branches or 0) + 1) * 3 // REVISED)


def _write_statements(path: Path, observations: Path) -> None:
    """Two statements, of two years, for every figure without branches and for every total of a yearly indicator."""
    names = {column.name for column in OBSERVATIONS.columns} & {column.name for column in STATEMENTS.columns}
    kept = [name for name in STATEMENTS.names if name in names - {"statement", "value", "low", "high", "source", "known_from"}]
    exact = ", ".join(f"{name}::DECIMAL(38, 10) AS {name}" for name in ("value", "low", "high"))
    sql = f"""
        SELECT md5(concat_ws('|', indicator, area, categories, period_start, vintage)) AS statement, {exact}, {", ".join(kept)},
            CASE vintage WHEN 0 THEN 'example' ELSE 'example_later' END AS source, known_from + (365 * vintage)::INTEGER AS known_from,
            'headline' AS dataset, 0::BIGINT AS row, 0::BIGINT AS "column", '' AS correction, '' AS note
        FROM read_parquet('{observations}'), range(2) AS v(vintage)
        WHERE indicator NOT LIKE 'monthly%' AND categories IN ('', 'branch=_T')"""
    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute(f"COPY (SELECT {', '.join(map(identifier, STATEMENTS.names))} FROM ({sql})) TO '{path}' (FORMAT parquet)")

"""Options that the commands on indices share, and the specification they mean."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guibiao.commands.options import say, show
from guibiao.model.errors import BadRequest
from guibiao.model.messages import translate as _

if TYPE_CHECKING:
    from guibiao.reference.index.stated import Stated


class IndexFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class TreatChoice(StrEnum):
    """Outlier treatment."""

    NONE = "none"
    WINSORISE = "winsorise"
    LOG_CT = "log-ct"
    LOG_CT_PLUS = "log-ct-plus"
    LOG_CT_ORIGINAL = "log-ct-original"
    LOG_GII = "log-gii"
    BOX_COX = "box-cox"


class NormaliseChoice(StrEnum):
    """Normalisation."""

    NONE = "none"
    MINMAX = "minmax"
    ZSCORE = "zscore"
    SCALED = "scaled"
    RANK = "rank"
    BORDA = "borda"
    PERCENTILE_RANK = "percentile-rank"
    FRACTION_OF_MAX = "fraction-of-max"
    DISTANCE_TO_MAX = "distance-to-max"
    DISTANCE_TO_TARGET = "distance-to-target"
    DISTANCE_TO_REFERENCE = "distance-to-reference"
    GOALPOSTS = "goalposts"
    BASE_TIME = "base-time"


class AggregateChoice(StrEnum):
    """Aggregation."""

    ARITHMETIC = "arithmetic"
    GEOMETRIC = "geometric"
    HARMONIC = "harmonic"
    GENERALISED = "generalised"
    COPELAND = "copeland"


class ImputeChoice(StrEnum):
    """Imputation."""

    NONE = "none"
    MEAN = "mean"
    MEDIAN = "median"
    GROUP_MEAN = "group-mean"
    GROUP_MEDIAN = "group-median"
    LATEST = "latest"
    CONSTANT = "constant"
    LINEAR = "linear"
    LINEAR_CONSTANT = "linear-constant"
    EM = "em"


class ScreenChoice(StrEnum):
    """Screening of units."""

    NONE = "none"
    MISSING = "missing"
    ZEROS = "zeros"
    BOTH = "both"


SpecificationArgument = Annotated[Path | None, typer.Argument(metavar="SPEC.yaml", help=_("指数说明（YAML）；用 COINr 的 iMeta 时不写。"))]
DataOption = Annotated[Path, typer.Option("--data", help=_("数据 CSV：一列单位代码 uCode，每个指标一列，面板另有一列 Time。"))]
MetaOption = Annotated[Path | None, typer.Option("--meta", help=_("COINr 形式的 iMeta CSV，代替 YAML 说明。"))]
IndexFormatOption = Annotated[IndexFormat, typer.Option("--format", help=_("输出格式。"))]
TreatOption = Annotated[TreatChoice | None, typer.Option("--treat", help=_("异常值处理；winsorise 不奏效时改用对数。"))]
NormaliseOption = Annotated[NormaliseChoice | None, typer.Option("--normalise", help=_("标准化方法。"))]
AggregateOption = Annotated[list[AggregateChoice], typer.Option("--aggregate", help=_("汇总方法；写几次则从第二层起逐层使用。"))]
ImputeOption = Annotated[ImputeChoice | None, typer.Option("--impute", help=_("缺失值插补方法。"))]
ScreenOption = Annotated[ScreenChoice | None, typer.Option("--screen", help=_("按数据齐全程度筛选单位。"))]
DenominateOption = Annotated[bool | None, typer.Option("--denominate/--no-denominate", help=_("写了分母的指标除以分母。"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Choices given as options; None leaves the specification's own (or, with iMeta, COINr's default)."""

    treat: str | None = None
    most_points: int | None = None
    normalise: str | None = None
    limits: str = ""
    zscore: str = ""
    reference: str = ""
    base: str = ""
    cap: bool | None = None
    aggregate: Sequence[str] = ()
    power: float | None = None
    threshold: float | None = None
    impute: str | None = None
    group: str = ""
    screen: str | None = None
    least_available: float | None = None
    least_nonzero: float | None = None
    denominate: bool | None = None
    weights: str | None = None


def stated_from(specification: Path | None, meta: Path | None, choices: Choices) -> Stated:
    """The specification a command means, with the choices given as options in it."""
    from dataclasses import replace

    from guibiao.reference.index.metadata import read_metadata
    from guibiao.reference.index.specification import Normalisation
    from guibiao.reference.index.stated import read_specification

    if (specification is None) == (meta is None):
        raise BadRequest(_("指数说明要给一个"), remedy=_("写 SPEC.yaml，或用 --meta 给出 COINr 的 iMeta。"))
    if meta is not None:
        stated = read_metadata(meta, _normalisation(choices, Normalisation()))
    else:
        stated = read_specification(Path(str(specification)))
    return replace(stated, specification=chosen(stated.specification, choices))


def chosen(specification: Any, choices: Choices) -> Any:
    """The specification with each given choice in place of its own."""
    from dataclasses import replace

    from guibiao.reference.index.specification import Treatment

    changes: dict[str, Any] = {"normalise": _normalisation(choices, specification.normalise)}
    if choices.treat is not None:
        second = Treatment().then if choices.treat == "winsorise" else "none"
        changes["treat"] = Treatment(method=choices.treat, then=second)  # type: ignore[arg-type]
    if choices.most_points is not None:
        changes["treat"] = replace(changes.get("treat", specification.treat), most_points=choices.most_points)
    impute = _given(method=choices.impute, group=choices.group or None)
    screen = _given(rule=choices.screen, least_available=choices.least_available, least_nonzero=choices.least_nonzero)
    changes["impute"] = replace(specification.impute, **impute)
    changes["screen"] = replace(specification.screen, **screen)
    changes["aggregate"] = _aggregation(choices, specification.aggregate)
    changes |= _given(denominate=choices.denominate, weights=choices.weights)
    return replace(specification, **changes)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _normalisation(choices: Choices, own: Any) -> Any:
    from dataclasses import replace

    from guibiao.reference.index.specification import Normalisation

    if choices.normalise is not None and choices.normalise != own.method:
        own = Normalisation(method=choices.normalise)  # type: ignore[arg-type]
    changes = _given(reference=choices.reference or None, base=choices.base or None, cap=choices.cap)
    if choices.limits:
        lower, upper = _pair(choices.limits, "--range", "1,100")
        names = ("scaled_from", "scaled_to") if own.method == "scaled" else ("lower", "upper")
        changes |= dict(zip(names, (lower, upper), strict=True))
    if choices.zscore:
        changes["mean"], changes["standard_deviation"] = _pair(choices.zscore, "--zscore", "10,2")
    return replace(own, **changes)


def _aggregation(choices: Choices, own: Any) -> Any:
    from dataclasses import replace

    from guibiao.reference.index.specification import Aggregation

    stated = tuple(Aggregation(method=str(each)) for each in choices.aggregate) or own  # type: ignore[arg-type]
    changes = _given(power=choices.power, threshold=choices.threshold)
    return tuple(replace(each, **changes) for each in stated)


def _pair(text: str, option: str, example: str) -> tuple[float, float]:
    try:
        first, second = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        first = second = math.nan
    if not (math.isfinite(first) and math.isfinite(second)):
        raise BadRequest(
            _("{option} 的取值 {text} 不对").format(option=option, text=text), remedy=_("写成 {example}。").format(example=example)
        )
    return first, second


def print_rows(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], output: IndexFormat, *, title: str, notes: Sequence[str], **more: Any
) -> None:
    """Rows for people, as CSV (numbers whole, missing empty, notes to stderr) or as JSON beside notes and `more`."""
    if output is IndexFormat.JSON:
        content = {"columns": list(columns), "rows": list(rows), "notes": list(notes), **more}
        sys.stdout.write(json.dumps(_known_to_json(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        return
    if output is IndexFormat.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([["" if _absent(row[name]) else _whole(row[name]) for name in columns] for row in rows])
        for note in notes:
            sys.stderr.write(note + "\n")
        return
    show(title, columns, [[_short(row[name]) for name in columns] for row in rows])
    for note in notes:
        say(note)


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _whole(value: Any) -> Any:
    return repr(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _short(value: Any) -> str:
    if _absent(value):
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _known_to_json(value: Any) -> Any:
    """Missing numbers as null, infinities as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): _known_to_json(each) for key, each in value.items()}
    return [_known_to_json(each) for each in value] if isinstance(value, list | tuple) else value

"""A Parquet file of statements, one a row, taken in as a set: no Python object a row, no cells.

Columns: indicator, area, period_start, period_end, measure, value, unit; where present also categories, price_basis, comparison_basis,
accounting_basis, stage, method, status, source, known_from. What is absent comes from the binding's defaults. A decimal column prints
with its scale, a float with the fewest decimals that give it back (at most 10), an integer with none.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from guibiao.ingest.attributes import AREAS, attributes_of, category_code
from guibiao.ingest.bulk_categories import category_keys
from guibiao.ingest.columnar import open_parquet
from guibiao.ingest.columns import check_binding
from guibiao.ingest.figures import STORED_PLACES, Fault
from guibiao.ingest.frames import Frame, build_frame
from guibiao.model.errors import BadInput, Place
from guibiao.model.messages import translate as _
from guibiao.model.period import Measure
from guibiao.model.quantity import MAXIMUM_DIGITS
from guibiao.model.tables import STATEMENTS
from guibiao.reference.definitions import TableBinding, Workspace

if TYPE_CHECKING:
    import pyarrow as pa

REQUIRED = ("indicator", "area", "period_start", "period_end", "measure", "value", "unit")
OPTIONAL = (
    "categories", "price_basis", "comparison_basis", "accounting_basis", "stage", "method", "status", "source", "known_from",
)  # fmt: skip
MAXIMUM_ROWS = 100_000_000
MAXIMUM_UNPACKED = 12 * 1024**3
_FRAME = ("indicator", "unit", *(name for name in OPTIONAL if name != "categories"))
_HEAD = 2
"""File row of the first data row: the names of the columns count as row 1."""
_NOISE = 4e-16


def bind_bulk(content: bytes, name: str, binding: TableBinding, workspace: Workspace) -> pa.Table:
    """Rows of the table `statements`. Raises BadInput naming the first bad row; nothing is left out or mended."""
    import pyarrow as pa
    import pyarrow.compute as pc

    check_binding(workspace, binding)
    table = _columns(open_parquet(content, name, MAXIMUM_ROWS, MAXIMUM_UNPACKED), name)
    frames, which = _frames(table, binding, workspace, name)
    printed, value, decimals = _figures(table["value"], name)
    low, high = _bounds(value, decimals, pa.array([frame.unit.discrete for frame in frames]).take(which))
    start, end = _periods(table, name)
    rows = pa.array(range(_HEAD, table.num_rows + _HEAD), pa.int64())
    texts = pc.cast(rows, pa.string())
    made: dict[str, Any] = {
        "statement": pc.binary_join_element_wise(hashlib.sha256(content).hexdigest()[:16], texts, "-"),
        "area": _areas(table["area"], workspace, name), "period_start": start, "period_end": end, "measure": table["measure"],
        "value": value, "low": low, "high": high, "qualifier": "exact", "printed": printed, "decimals": decimals,
        "dataset": binding.id, "locator": pc.binary_join_element_wise(name, pc.binary_join_element_wise("第", texts, "行", ""), " "),
        "row": rows, "column": table.column_names.index("value") + 1, "correction": "", "note": binding.defaults.note,
    }  # fmt: skip
    made |= {key: pa.array(values).take(which) for key, values in _shared(frames).items()}
    if "categories" in table.column_names:
        made["categories"] = category_keys(table, [frame.indicator for frame in frames], which, workspace, name)
    result = _assembled(made, table.num_rows)
    _check_contradictions(result, which, name)
    return result


def _shared(frames: list[Frame]) -> dict[str, list[Any]]:
    """The statement columns that a frame decides, frame by frame."""
    own = (
        "categories", "price_basis", "comparison_basis", "accounting_basis", "stage", "method", "status", "known_from", "known_precision",
        "grade", "source",
    )  # fmt: skip
    shared = {column: [getattr(frame, column) for frame in frames] for column in own}
    return shared | {"indicator": [frame.indicator.id for frame in frames], "unit": [frame.unit.symbol for frame in frames]}


def _assembled(made: dict[str, Any], rows: int) -> pa.Table:
    import pyarrow as pa

    schema = STATEMENTS.arrow_schema()
    arrays = []
    for column in schema:
        values = made[column.name]
        whole = isinstance(values, pa.Array | pa.ChunkedArray)
        arrays.append(values.cast(column.type) if whole else pa.repeat(pa.scalar(values, column.type), rows))
    return pa.table(arrays, schema=schema)


def _columns(table: pa.Table, name: str) -> pa.Table:
    """The columns in use, each in one chunk and of its type, without nulls."""
    import pyarrow as pa

    missing = [column for column in REQUIRED if column not in table.column_names]
    repeated = {column for column in table.column_names if table.column_names.count(column) > 1}
    if missing or repeated:
        raise BadInput(
            _("缺少列：{columns}").format(columns="、".join(missing))
            if missing
            else _("列名重复：{columns}").format(columns="、".join(repeated)),
            _("文件里的列：{columns}。").format(columns="、".join(table.column_names[:30])),
            _("大批量文件一行一个数据，列名用 {columns}。").format(columns="、".join(REQUIRED)),
            Place(name, 1),
        )
    if not table.num_rows:
        raise BadInput(_("没有数据行"), remedy=_("核对是否传错了文件。"), place=Place(name))
    kept = {}
    for column in (*REQUIRED, *OPTIONAL):
        if column not in table.column_names:
            continue
        values = table[column].combine_chunks()
        if values.null_count:
            _refuse(values.is_null(), _("{column} 是空的").format(column=column), _("补上，或删去这些行。"), column, name)
        wanted = pa.date32() if column.startswith("period_") else pa.string()
        try:
            kept[column] = values if column == "value" else values.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(
                _("列 {column} 不能读作{kind}").format(column=column, kind=_("日期") if wanted == pa.date32() else _("文字")),
                str(error).splitlines()[0],
                _("日期写成 2024-01-31 或用日期类型。"),
                Place(name, column=column),
            ) from None
    return pa.table(kept)


def _frames(table: pa.Table, binding: TableBinding, workspace: Workspace, name: str) -> tuple[list[Frame], pa.Array]:
    """The distinct frames and, row by row, which one holds."""
    import pyarrow as pa
    import pyarrow.compute as pc

    present = [column for column in _FRAME if column in table.column_names]
    code, size = pa.array([0], pa.int64()).take(pa.repeat(0, table.num_rows)), 1
    for column in present:
        encoded = table[column].combine_chunks().dictionary_encode()
        code = pc.add(code, pc.multiply(encoded.indices.cast(pa.int64()), size))
        size *= len(encoded.dictionary)
        if size > 2**40:
            code = code.dictionary_encode()
            code, size = code.indices.cast(pa.int64()), len(code.dictionary)
    which = code.dictionary_encode().indices
    numbered = pa.table({"which": which, "row": pa.array(range(table.num_rows), pa.int64())})
    first = numbered.group_by("which").aggregate([("row", "min")]).sort_by("which")
    defaults = attributes_of(binding.defaults)
    frames = [
        _frame({column: table[column][row].as_py() for column in present}, defaults, binding, workspace, Place(name, row + _HEAD))
        for row in first["row_min"].to_pylist()
    ]
    return frames, which


def _frame(said: dict[str, str], defaults: dict[str, str], binding: TableBinding, workspace: Workspace, place: Place) -> Frame:
    attributes = {**defaults, **{column: text for column, text in said.items() if text}}
    known = {"indicator": workspace.indicators, "source": workspace.sources}
    for column, names in known.items():
        if said.get(column) and said[column] not in names:
            raise BadInput(
                _("“{text}”不在工作区里").format(text=said[column]),
                remedy=_("先登记它，或改正这一列。"),
                place=Place(place.file, place.line, column),
            )
    indicator = workspace.indicators[attributes["indicator"]]
    if binding.states and indicator.id not in binding.states:
        raise BadInput(
            _("“{text}”不在绑定的 states 之内").format(text=indicator.id),
            remedy=_("核对是否传错了文件；确属此表的，补进绑定的 states。"),
            place=Place(place.file, place.line, "indicator"),
        )
    if said["unit"] != indicator.unit:
        raise BadInput(
            _("单位 {unit} 不是指标 {id} 的单位 {own}").format(unit=said["unit"], id=indicator.id, own=indicator.unit),
            remedy=_("大批量文件须先换算成指标的单位。"),
            place=Place(place.file, place.line, "unit"),
        )
    frame = build_frame(workspace, binding, attributes)
    if isinstance(frame, Fault):
        raise BadInput(frame.message, remedy=frame.remedy, place=place)
    return frame


def _areas(areas: pa.ChunkedArray, workspace: Workspace, name: str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = areas.combine_chunks().dictionary_encode()
    codes = [category_code(workspace, AREAS, text) for text in encoded.dictionary.to_pylist()]
    unknown = pa.array([not code for code in codes]).take(encoded.indices)
    if pc.any(unknown).as_py():
        _refuse(unknown, _("地区不在已登记的之内"), _("补进 classifications/areas.csv，或改正代码。"), "area", name)
    return pa.array(codes).take(encoded.indices)


def _periods(table: pa.Table, name: str) -> tuple[pa.Array, pa.Array]:
    """First and last days; what is taken at the end keeps only its day."""
    import pyarrow.compute as pc

    start, end, measure = (table[column].combine_chunks() for column in ("period_start", "period_end", "measure"))
    known = pc.is_in(measure, _array([kind.value for kind in Measure]))
    _refuse(pc.invert(known), _("measure 不是 during、to date、at end 或 average"), _("改正这一列。"), "measure", name)
    _refuse(pc.greater(start, end), _("报告期的起日晚于止日"), _("核对起止日。"), "period_start", name)
    return pc.if_else(pc.equal(measure, Measure.AT_END.value), end, start), end


def _figures(values: pa.ChunkedArray, name: str) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Printed text, exact value (10 places) and decimals."""
    import pyarrow as pa
    import pyarrow.compute as pc

    column = values.combine_chunks()
    if pa.types.is_floating(column.type):
        numbers, decimals = _decimals_of_floats(column, name)
        exact = pc.cast(pc.cast(numbers, pa.string()), pa.decimal128(28, STORED_PLACES))
        printed = pc.utf8_rtrim(pc.utf8_rtrim(_texts(exact), "0"), ".")
        return printed, exact, decimals
    if pa.types.is_integer(column.type) or pa.types.is_decimal(column.type):
        places = max(0, column.type.scale) if pa.types.is_decimal(column.type) else 0
        limit = Decimal(10) ** MAXIMUM_DIGITS
        exact = column.cast(pa.decimal128(38, places)) if places <= STORED_PLACES else None
        if exact is None:
            raise _bad_value(_("小数超过 {places} 位").format(places=STORED_PLACES), name)
        _refuse(pc.greater_equal(pc.abs(exact), pa.scalar(limit.scaleb(-places), exact.type)), *_too_many_digits(), "value", name)
        return _texts(exact), exact.cast(pa.decimal128(28, STORED_PLACES)), pa.repeat(pa.scalar(places, pa.int64()), len(column))
    raise _bad_value(_("value 的类型 {type} 不是数").format(type=column.type), name)


def _texts(numbers: pa.Array) -> pa.Array:
    """Plain digits; Arrow writes zero and the few that are very small with an exponent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    zero = Decimal(0).scaleb(-numbers.type.scale)
    texts = pc.if_else(pc.equal(numbers, pa.scalar(zero, numbers.type)), f"{zero:f}", pc.cast(numbers, pa.string()))
    small = pc.match_substring(texts, "E")
    if not pc.any(small).as_py():
        return texts
    return pc.replace_with_mask(texts, small, pa.array([f"{number:f}" for number in numbers.filter(small).to_pylist()]))


def _decimals_of_floats(column: pa.Array, name: str) -> tuple[pa.Array, pa.Array]:
    """The numbers without the last bits' noise, and the fewest decimals that give each back."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = column.cast(pa.float64())
    _refuse(pc.invert(pc.is_finite(numbers)), _("value 不是数"), _("缺数的行删去，不要写 NaN。"), "value", name)
    noise = pc.multiply(pc.abs(numbers), _NOISE)
    rounded, decimals = numbers, pa.repeat(pa.scalar(STORED_PLACES + 1, pa.int64()), len(numbers))
    for places in range(STORED_PLACES, -1, -1):
        shorter = pc.divide(pc.round(pc.multiply(numbers, 10.0**places)), 10.0**places)
        enough = pc.less_equal(pc.abs(pc.subtract(shorter, numbers)), noise)
        rounded, decimals = pc.if_else(enough, shorter, rounded), pc.if_else(enough, places, decimals)
    size = pc.abs(rounded)
    whole = pc.if_else(pc.greater_equal(size, 1.0), pc.add(pc.floor(pc.log10(pc.max_element_wise(size, 1.0))), 1.0), 0.0)
    faulty = pc.or_(pc.greater(pc.add(whole, decimals), MAXIMUM_DIGITS), pc.greater(decimals, STORED_PLACES))
    _refuse(faulty, *_too_many_digits(), "value", name)
    return rounded, decimals


def _too_many_digits() -> tuple[str, str]:
    return (
        _("数字超过 {digits} 位有效数字或 {places} 位小数").format(digits=MAXIMUM_DIGITS, places=STORED_PLACES),
        _("先四舍五入到应有的位数。"),
    )


def _bounds(value: pa.Array, decimals: pa.Array, discrete: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Half a unit of the last printed digit on either side; whole numbers of a countable unit are exact."""
    import pyarrow as pa
    import pyarrow.compute as pc

    halves = [Decimal(5).scaleb(-places - 1) for places in range(STORED_PLACES)] + [Decimal(1).scaleb(-STORED_PLACES)]
    kind = pa.decimal128(12, STORED_PLACES)
    counted = pc.and_(discrete, pc.equal(decimals, 0))
    half = pc.if_else(counted, pa.scalar(Decimal(0), kind), pa.array(halves, kind).take(decimals))
    return pc.subtract(value, half), pc.add(value, half)


def _check_contradictions(result: pa.Table, which: pa.Array, name: str) -> None:
    """Raise BadInput where two rows state one figure differently."""
    import pyarrow.compute as pc

    keys = ["which", "categories", "area", "period_start", "period_end", "measure"]
    keyed = result.select([*keys[1:], "value", "row"]).append_column("which", which)
    grouped = keyed.group_by(keys).aggregate([("value", "min"), ("value", "max"), ("row", "min"), ("row", "max")])
    differing = grouped.filter(pc.not_equal(grouped["value_min"], grouped["value_max"]))
    if differing.num_rows:
        first = differing.sort_by("row_min").slice(0, 1).to_pylist()[0]
        raise BadInput(
            _("有 {count} 处同一数据给了不同的值：第 {first} 行与第 {second} 行").format(
                count=differing.num_rows, first=first["row_min"], second=first["row_max"]
            ),
            remedy=_("核对哪一个对，删去另一个。"),
            place=Place(name, first["row_max"], "value"),
        )


def _refuse(faulty: pa.Array, title: str, remedy: str, column: str, name: str) -> None:
    """Raise BadInput at the first faulty row, with their count."""
    import pyarrow.compute as pc

    count = pc.sum(faulty).as_py() or 0
    if count:
        row = pc.index(faulty, True).as_py() + _HEAD
        raise BadInput(title, _("共 {count} 行，首见第 {row} 行。").format(count=count, row=row), remedy, Place(name, row, column))


def _bad_value(title: str, name: str) -> BadInput:
    return BadInput(title, remedy=_("value 用整数、小数（至多 10 位小数）或双精度列。"), place=Place(name, column="value"))


def _array(values: list[str]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values)

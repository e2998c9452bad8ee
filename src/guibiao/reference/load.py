"""Read a workspace folder into frozen objects, or say file, line and remedy of every fault in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from guibiao.model.errors import BadDefinition, BadRequest, BatchErrors, GuibiaoError, Place
from guibiao.model.indicator import Indicator
from guibiao.model.messages import translate as _
from guibiao.reference.attainment import FILE as ATTAINMENT_FILE
from guibiao.reference.attainment import AttainmentSettings, read_attainment
from guibiao.reference.classification import (
    Category,
    Classification,
    ClassificationTitle,
    Correspondence,
    CorrespondenceLink,
    CorrespondenceTitle,
)
from guibiao.reference.definitions import (
    Agreement,
    Correction,
    Framework,
    Rule,
    RuleParameter,
    Source,
    TableBinding,
    Workspace,
    WorkspaceSettings,
)
from guibiao.reference.documents import Document, read_csv_records, read_text, read_yaml
from guibiao.reference.index.workspace import Frame, IndexDefinition, read_indices
from guibiao.reference.mapping import RekeyingTime, SheetMapping
from guibiao.reference.measurement import ContributionRange, DigitalShare, Measurement, MeasurementSchema
from guibiao.reference.policies import Office, PolicyDocument, read_policies
from guibiao.reference.report_definitions import ReportDefinition
from guibiao.reference.series.warning import FOLDER as WARNINGS_FOLDER
from guibiao.reference.series.warning import WarningBoard
from guibiao.reference.series.warning_files import read_board

Definition = TypeVar("Definition")

SCHEMAS: Mapping[str, Any] = {
    "workspace": WorkspaceSettings,
    "indicators": tuple[Indicator, ...],
    "frameworks": tuple[Framework, ...],
    "sources": tuple[Source, ...],
    "table": TableBinding,
    "rules": tuple[Rule, ...],
    "quality": tuple[RuleParameter, ...],
    "corrections": tuple[Correction, ...],
    "report": ReportDefinition,
    "category": Category,
    "classifications": dict[str, ClassificationTitle],
    "correspondences": tuple[CorrespondenceTitle, ...],
    "link": CorrespondenceLink,
    "agreement": Agreement,
    "policy": PolicyDocument,
    "offices": tuple[Office, ...],
    "attainment": AttainmentSettings,
    "warning": WarningBoard,
    "index": IndexDefinition,
    "frame": Frame,
    "methods": tuple[MeasurementSchema, ...],
    "parameters": tuple[DigitalShare, ...],
    "mapping": SheetMapping,
    "rekeying": tuple[RekeyingTime, ...],
}
"""Definition kinds with their class: what is exported as JSON Schema for editors."""


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(SCHEMAS[kind])


def json_schema(kind: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one definition kind."""
    if kind not in SCHEMAS:
        raise BadRequest(_("没有名为 {kind} 的定义").format(kind=kind), remedy=_("可选：{kinds}").format(kinds="、".join(SCHEMAS)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_adapter(kind).json_schema()}


def load_workspace(folder: Path) -> Workspace:
    """All definitions of a workspace, validated. Raises `BatchErrors` with every fault found."""
    reader = _Reader(folder)
    settings = reader.one("workspace.yaml", "workspace", WorkspaceSettings)
    report = reader.report("report/report.yaml")
    indicators = reader.many("indicators", "indicators", Indicator)
    frameworks = reader.many("frameworks", "frameworks", Framework)
    sources = reader.many("sources", "sources", Source)
    tables = reader.each("tables", "table", TableBinding)
    rules = reader.many("rules", "rules", Rule)
    quality = reader.many("rules/parameters", "quality", RuleParameter)
    corrections = reader.many("corrections", "corrections", Correction)
    agreements = reader.each("deliveries", "agreement", Agreement)
    policies, offices = read_policies(reader)
    attainment = read_attainment(reader, (folder / ATTAINMENT_FILE).is_file())
    measurements = reader.many("methods", "methods", cast("type[Measurement]", ContributionRange))
    shares = reader.many("parameters", "parameters", DigitalShare)
    mappings = reader.each("deliveries/mappings", "mapping", SheetMapping)
    rekeying = reader.many("deliveries/parameters", "rekeying", RekeyingTime)
    boards = reader.boards()
    indices, frames = read_indices(reader)
    classifications = reader.classifications()
    correspondences = reader.correspondences()
    template = reader.text(f"report/{report.template}") if report is not None else ""
    brief = reader.text(f"report/{report.brief}") if report is not None and report.brief else ""
    for binding, place in tables:
        reader.note_file(f"tables/{binding.file}" if binding.file else "", place)
    reader.stop_if_faulty()
    assert settings is not None
    assert report is not None
    return Workspace(
        folder=folder,
        settings=settings,
        classifications=classifications,
        indicators=reader.by_id("indicator", indicators),
        frameworks=reader.by_id("framework", frameworks),
        sources=reader.by_id("source", sources),
        tables=reader.by_id("table", tables),
        rules=tuple(reader.by_id("rule", rules).values()),
        quality=tuple(reader.by_id("quality", quality).values()),
        corrections=tuple(reader.by_id("correction", corrections).values()),
        report=report,
        template=template,
        brief=brief,
        correspondences=correspondences,
        agreements=reader.by_id("agreement", agreements),
        policies=reader.by_id("policy", policies),
        offices=reader.by_id("office", offices),
        attainment=attainment,
        measurements=reader.by_id("measurement", measurements),
        warnings=reader.by_id("warning board", boards),
        indices=reader.by_id("index", indices),
        frames=reader.by_id("frame", frames),
        digital_shares=tuple(reader.by_id("digital share", shares).values()),
        mappings=reader.by_id("mapping", mappings),
        rekeying=reader.by_id("rekeying", rekeying),
        digests=reader.digests,
        places=reader.places,
    )


class _Reader:
    """Collects faults while reading, so that all are told at once."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "workspace.yaml").is_file():
            raise BadRequest(
                _("{folder} 不是工作区：里面没有 workspace.yaml").format(folder=folder),
                remedy=_("用 --workspace 指定工作区文件夹，或用 guibiao new 城市名 新建一个。"),
            )
        self.folder = folder
        self.faults: list[GuibiaoError] = []
        self.digests: dict[str, str] = {}
        self.places: dict[str, Place] = {}

    def stop_if_faulty(self) -> None:
        if len(self.faults) == 1:
            raise self.faults[0]
        if self.faults:
            raise BatchErrors(_("工作区定义有 {count} 处错误").format(count=len(self.faults)), tuple(self.faults))

    def one(self, name: str, kind: str, _of: type[Definition]) -> Definition | None:
        document = self._read(name)
        return None if document is None else self._validate(document, kind, ())

    def report(self, name: str) -> ReportDefinition | None:
        """The report's definition; where each of its charts and tables begins is kept."""
        document = self._read(name)
        definition: ReportDefinition | None = None if document is None else self._validate(document, "report", ())
        if document is not None and definition is not None:
            for kind in ("charts", "tables"):
                for number, exhibit in enumerate(getattr(definition, kind)):
                    self.places[f"{kind} {exhibit.id}"] = Place(name, document.line((kind, number)))
        return definition

    def each(self, folder: str, kind: str, _of: type[Definition]) -> list[tuple[Definition, Place]]:
        found = ((name, self.one(name, kind, _of)) for name in self._names(folder))
        return [(definition, Place(name, 1)) for name, definition in found if definition is not None]

    def many(self, folder: str, kind: str, _of: type[Definition]) -> list[tuple[Definition, Place]]:
        return [definition for name in self._names(folder) for definition in self.listed(name, kind)]

    def listed(self, name: str, kind: str) -> list[tuple[Any, Place]]:
        """Definitions of one file that holds a list, each with the line it starts at."""
        document = self._read(name)
        if document is None or document.data is None:
            return []
        if not isinstance(document.data, list):
            self.faults.append(BadDefinition(_("这个文件应当是一个列表"), remedy=_("每一项以“- id: ”开头。"), place=Place(name, 1)))
            return []
        definitions: tuple[Any, ...] | None = self._validate(document, kind, ())
        return [(definition, Place(name, document.line((index,)))) for index, definition in enumerate(definitions or ())]

    def boards(self) -> list[tuple[WarningBoard, Place]]:
        """Warning boards, whose faults beyond their schema have lines too."""
        found = []
        for name in self._names(WARNINGS_FOLDER):
            try:
                found.append((read_board(self._path(name), name), Place(name, 1)))
            except BatchErrors as several:
                self.faults.extend(several.errors)
            except GuibiaoError as fault:
                self.faults.append(fault)
        return found

    def by_id(self, kind: str, definitions: Iterable[tuple[Definition, Place]]) -> dict[str, Definition]:
        result: dict[str, Definition] = {}
        for definition, place in definitions:
            name = str(getattr(definition, "id", ""))
            if name in result:
                first = self.places[f"{kind} {name}"]
                raise BadDefinition(_("{id} 已在 {first} 定义过").format(id=name, first=first), remedy=_("改一个名字。"), place=place)
            result[name], self.places[f"{kind} {name}"] = definition, place
        return result

    def classifications(self) -> dict[str, Classification]:
        folder = self.folder / "classifications"
        titles: dict[str, ClassificationTitle] = {}
        if (folder / "classifications.yaml").is_file():
            titles = self.one("classifications/classifications.yaml", "classifications", dict) or {}
        result = {}
        for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
            categories = self._categories(f"classifications/{path.name}")
            index = {
                key: category
                for category in reversed(categories)
                for key in (*category.aliases, category.name_en, category.name_zh, category.code)
            }
            index.pop("", None)
            title = titles.get(path.stem) or ClassificationTitle()
            result[path.stem] = Classification(path.stem, categories, title.name_zh, title.name_en, index, title.source, title.note)
        return result

    def _categories(self, name: str) -> tuple[Category, ...]:
        return self._records(name, "category", Category)

    def correspondences(self) -> dict[str, Correspondence]:
        name = "classifications/correspondences.yaml"
        listed: list[tuple[CorrespondenceTitle, Place]] = self.listed(name, "correspondences") if (self.folder / name).is_file() else []
        titles = self.by_id("correspondence", listed)
        return {
            title.id: Correspondence(title, self._records(f"classifications/correspondences/{title.file}", "link", CorrespondenceLink))
            for title in titles.values()
        }

    def _records(self, name: str, kind: str, _of: type[Definition]) -> tuple[Definition, ...]:
        """Rows of a definition CSV; an empty field is one that is not set, `aliases` are parted by `|`."""
        try:
            document = read_csv_records(self._path(name), name)
        except GuibiaoError as fault:
            self.faults.append(fault)
            return ()
        records: list[dict[str, Any]] = []
        for record in document.data:
            filled = {key: value for key, value in record.items() if value}
            if "aliases" in filled:
                filled["aliases"] = filled["aliases"].split("|")
            records.append(filled)
        found = (self._validate(Document(name, record, {(): number}), kind, ()) for number, record in enumerate(records, start=2))
        return tuple(each for each in found if each is not None)

    def text(self, name: str) -> str:
        try:
            return read_text(self._path(name), name)
        except GuibiaoError as fault:
            self.faults.append(fault)
            return ""

    def note_file(self, name: str, named_in: Place) -> None:
        """Take a data file's digest; it is read later, by `ingest`."""
        if name and not (self.folder / name).is_file():
            remedy = _("补上该文件，或改正引用它的地方。")
            self.faults.append(BadDefinition(_("缺少文件 {name}").format(name=name), remedy=remedy, place=named_in))
        elif name:
            self._path(name)

    def _names(self, folder: str) -> list[str]:
        return [f"{folder}/{path.name}" for path in sorted((self.folder / folder).glob("*.yaml"))]

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise BadDefinition(_("缺少文件 {name}").format(name=name), remedy=_("补上该文件，或改正引用它的地方。"), place=Place(name))
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise BadDefinition(_("文件 {name} 在工作区之外").format(name=name), remedy=_("把文件放进工作区。"), place=Place(name))
        self.digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        return path

    def _read(self, name: str) -> Document | None:
        try:
            return read_yaml(self._path(name), name)
        except GuibiaoError as fault:
            self.faults.append(fault)
            return None

    def _validate(self, document: Document, kind: str, path: tuple[str | int, ...]) -> Any:
        try:
            return _adapter(kind).validate_python(document.data)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                location = tuple(fault["loc"])
                self.faults.append(
                    BadDefinition(
                        _("{path}：{message}").format(path=".".join(map(str, location)) or kind, message=explained(fault)),
                        remedy=remedy_of(fault, known_fields(_adapter(kind)), kind),
                        place=Place(document.file, document.line((*path, *location))),
                    )
                )
            return None


def explained(fault: Mapping[str, Any]) -> str:
    """What a fault found by pydantic means, in the user's language."""
    explanations = {
        "missing": _("缺少这一项"),
        "extra_forbidden": _("没有这样的项"),
        "unexpected_keyword_argument": _("没有这样的项"),
        "literal_error": _("不是允许的取值"),
        "enum": _("不是允许的取值"),
        "string_type": _("应当是文字（加引号）"),
        "int_parsing": _("应当是整数"),
        "date_from_datetime_parsing": _("应当是日期，如 2024-03-21"),
    }
    return explanations.get(str(fault["type"]), str(fault["msg"]))


def remedy_of(fault: Mapping[str, Any], known: list[str], kind: str = "") -> str:
    """What to do about a fault; `known` are the fields there are, `kind` the schema that `guibiao schema` prints."""
    location = fault["loc"]
    see = _("写法见 guibiao schema {kind}。").format(kind=kind) if kind else _("可用的项：{names}。").format(names="、".join(known))
    if fault["type"] in {"extra_forbidden", "unexpected_keyword_argument"} and location:
        near = get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        return _("是不是想写 {name}？").format(name=near[0]) if near else see
    if fault["type"] in {"literal_error", "enum"}:
        return _("允许：{values}").format(values=fault.get("ctx", {}).get("expected", ""))
    return see


def known_fields(adapter: TypeAdapter[Any]) -> list[str]:
    """Names of all fields of a class and of the classes in it."""
    schema = adapter.json_schema()
    definitions = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for definition in definitions for name in definition.get("properties", {})})


def content_digest(value: object) -> str:
    """Hash of a definition (a frozen object's representation) for content keys."""
    return hashlib.sha256(json.dumps(repr(value), ensure_ascii=False).encode()).hexdigest()

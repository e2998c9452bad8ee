"""The catalogue of the open data as JSON-LD in the vocabulary DCAT 3 and the application profile DCAT-AP 3.0.

Addresses are relative to the catalogue's own, so it holds wherever the folder is put.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guibiao.reference.definitions import Source, Workspace

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#", "adms": "http://www.w3.org/ns/adms#",
}  # fmt: skip
_AUTHORITY = "http://publications.europa.eu/resource/authority"
_MEDIA = "https://www.iana.org/assignments/media-types"
_FORMATS = {
    "csv": ("text/csv", "CSV"), "parquet": ("application/vnd.apache.parquet", "PARQUET"), "json": ("application/json", "JSON"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
}  # fmt: skip
_DATASETS: Mapping[str, tuple[str, str, str, str]] = {
    "observations": ("观测值", "Observations", "每个指标、地区、类目和报告期一个数，带来源、等级和口径。",
                     "One figure for each indicator, area, category and period, with source, grade and basis."),
    "findings": ("核查发现", "Findings", "对公布数的核查发现。", "What the checks of published figures found."),
    "gaps": ("数据缺口", "Data gaps", "没有公开数的指标、掌握单位和应提供日期。",
             "Indicators without a public figure, who holds them, and when they are due."),
    "index_scores": ("合成指数", "Composite indices", "各单位各年的得分、位次和压力测试区间；JSON 另有层级、权重、位次概率和驱动因素。",
                     "Scores, ranks and their intervals by unit and year; the JSON adds nodes, weights, chances of ranks and drivers."),
    "dictionary": ("数据字典", "Data dictionary", "各数据文件的列和全部指标的定义。",
                   "Columns of the data files and definitions of all indicators."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """A published file: size in bytes and SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """First and last day the figures are about, and the day the latest was published; empty without figures."""

    first: str = ""
    last: str = ""
    modified: str = ""


def dcat(workspace: Workspace, files: Mapping[str, Published], coverage: Coverage) -> dict[str, Any]:
    """The catalogue; `files` maps the name of each data file to what it is."""
    publisher = _agent(workspace)
    datasets = [_dataset(workspace, name, files, coverage) for name in _DATASETS if any(_stem(file) == name for file in files)]
    catalogue = {
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _both(
            f"{workspace.settings.name_zh}数字经济开放数据", f"Open data on the digital economy of {workspace.settings.name_en}"
        ),
        "dct:description": _both(
            "由公开来源整理的统计数据，逐数注明来源。", "Statistics compiled from public sources, each figure with its source."
        ),
        "dct:publisher": publisher,
        "dct:language": [{"@id": f"{_AUTHORITY}/language/{code}"} for code in ("ZHO", "ENG")],
        "dct:spatial": _place(workspace),
        "dcat:themeTaxonomy": {"@id": f"{_AUTHORITY}/data-theme"},
        "dcat:dataset": [{"@id": dataset["@id"]} for dataset in datasets],
        **({"dct:license": _licence(workspace)} if workspace.settings.licence else {}),
        **({"dct:modified": _day(coverage.modified)} if coverage.modified else {}),
    }
    return {"@context": CONTEXT, "@graph": [catalogue, *datasets, *(_source(source) for source in workspace.sources.values())]}


def _dataset(workspace: Workspace, name: str, files: Mapping[str, Published], coverage: Coverage) -> dict[str, Any]:
    chinese, english, about_zh, about_en = _DATASETS[name]
    mine = {file: what for file, what in files.items() if _stem(file) == name}
    dataset: dict[str, Any] = {
        "@id": f"#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{workspace.settings.id}-{name}",
        "dct:title": _both(f"{workspace.settings.name_zh}{chinese}", f"{english}, {workspace.settings.name_en}"),
        "dct:description": _both(about_zh, about_en),
        "dct:publisher": _agent(workspace),
        "dcat:theme": [{"@id": f"{_AUTHORITY}/data-theme/{code}"} for code in ("ECON", "TECH")],
        "dcat:keyword": [*_both("数字经济", "digital economy"), *_both("数字消费", "digital consumption")],
        "dct:spatial": _place(workspace),
        "dct:accrualPeriodicity": {"@id": f"{_AUTHORITY}/frequency/IRREG"},
        "dct:accessRights": {"@id": f"{_AUTHORITY}/access-right/PUBLIC"},
        "dcat:distribution": [_distribution(workspace, file, what) for file, what in sorted(mine.items())],
    }
    if coverage.modified:
        dataset["dct:modified"] = _day(coverage.modified)
    if name == "observations":
        dataset["dct:source"] = [{"@id": _source_id(source)} for source in workspace.sources.values() if source.statistical]
        if coverage.first:
            dataset["dct:temporal"] = {
                "@type": "dct:PeriodOfTime", "dcat:startDate": _day(coverage.first), "dcat:endDate": _day(coverage.last)
            }  # fmt: skip
    if workspace.settings.synthetic:
        dataset["dct:provenance"] = {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": _both("合成数据，只作演示。", "Synthetic data for demonstration."),
        }
    return dataset


def _distribution(workspace: Workspace, file: str, what: Published) -> dict[str, Any]:
    media, form = _FORMATS[file.rpartition(".")[2]]
    return {
        "@id": f"#{file}",
        "@type": "dcat:Distribution",
        "dct:title": file,
        "dcat:accessURL": {"@id": file},
        "dcat:downloadURL": {"@id": file},
        "dcat:mediaType": {"@id": f"{_MEDIA}/{media}"},
        "dct:format": {"@id": f"{_AUTHORITY}/file-type/{form}"},
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(what.size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": what.sha256},
        },
        **({"dct:license": _licence(workspace)} if workspace.settings.licence else {}),
    }


def _source(source: Source) -> dict[str, Any]:
    """A source as its provider states it: attribution, terms, grade."""
    described: dict[str, Any] = {
        "@id": _source_id(source),
        "@type": "dct:BibliographicResource",
        "dct:title": source.title,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": source.publisher},
        "dct:issued": source.known_from,
        "adms:status": f"grade {source.grade.value}",
    }
    if source.url:
        described["foaf:page"] = {"@id": source.url}
    if source.terms:
        described["dct:rights"] = {"@type": "dct:RightsStatement", "rdfs:label": source.terms}
    return described


def _source_id(source: Source) -> str:
    return f"#source-{source.id}"


def _agent(workspace: Workspace) -> dict[str, Any]:
    report = workspace.report
    return {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": _both(report.publisher_zh, report.publisher_en or report.publisher_zh)}


def _licence(workspace: Workspace) -> dict[str, Any]:
    return {"@id": "#licence", "@type": "dct:LicenseDocument", "rdfs:label": {"@language": "zh", "@value": workspace.settings.licence}}


def _place(workspace: Workspace) -> dict[str, Any]:
    settings = workspace.settings
    return {"@type": "dct:Location", "dct:identifier": settings.area, "rdfs:label": _both(settings.name_zh, settings.name_en)}


def _both(chinese: str, english: str) -> list[dict[str, str]]:
    return [{"@language": "zh", "@value": chinese}, {"@language": "en", "@value": english}]


def _day(day: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day}


def _stem(file: str) -> str:
    return file.partition(".")[0]

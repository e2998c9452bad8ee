"""The catalogue of a release's datasets and of the services that give them: DCAT 3 in the shape of DCAT-AP 3.0, as JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from guibiao.model.definition_tables import SOURCES
from guibiao.serve.settings import Settings
from guibiao.store.port import OpenRelease

_AUTHORITY = "http://publications.europa.eu/resource/authority"
_MEDIA = "https://www.iana.org/assignments/media-types"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_DATASETS: Mapping[str, tuple[str, str, str, str]] = {
    "observations": ("观测值", "Observations",
                     "每个指标、地区、类目和报告期一个数，带来源、等级和口径。",
                     "One figure for each indicator, area, category and period, with source, grade and basis."),
    "statements": ("来源陈述", "Statements", "各来源对同一数的陈述，含各次修订。",
                   "What each source states of a figure, revisions included."),
    "indicators": ("指标定义", "Indicators", "全部指标的定义。", "Definitions of all indicators."),
    "targets": ("政策目标", "Targets", "政策文件的定量目标和实现情况。", "Quantified targets of policy documents and how they stand."),
    "warnings": ("预警信号", "Warnings", "各监测板的信号灯。", "Warning lights of the boards."),
    "findings": ("核查发现", "Findings", "对公布数的核查发现。", "What the checks of published figures found."),
}  # fmt: skip
_TABLES = {"targets": "attainment"}
_DAY = "xsd:date"
Span = tuple[date | None, date | None]


def catalogue(release: OpenRelease, span: Span, settings: Settings, base: str) -> dict[str, Any]:
    """The catalogue; `span` is the first and last day the figures are about, `base` the address of the site."""
    held = [name for name in _DATASETS if _TABLES.get(name, name) in release.manifest.tables]
    datasets = [_dataset(name, release, span, settings, base) for name in held]
    services = _services(settings, base, held)
    modified = release.published_at.date().isoformat()
    whole = {
        "@id": f"{base}/api/v1/catalog.jsonld#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _both(f"{settings.name_zh}开放数据", f"Open data of {settings.name_en}"),
        "dct:description": _both(
            "由公开来源整理的统计数据，逐数注明来源。", "Statistics compiled from public sources, each figure with its source."
        ),
        "dct:publisher": _publisher(settings, base),
        "dct:language": [{"@id": f"{_AUTHORITY}/language/{code}"} for code in ("ZHO", "ENG")],
        "dct:modified": {"@type": _DAY, "@value": modified},
        "dcat:dataset": [{"@id": each["@id"]} for each in datasets],
        "dcat:service": [{"@id": each["@id"]} for each in services],
        **_licence(settings),
    }
    return {"@context": _CONTEXT, "@graph": [whole, *datasets, *services, *_sources(release, base)]}


def _dataset(name: str, release: OpenRelease, span: Span, settings: Settings, base: str) -> dict[str, Any]:
    chinese, english, about_zh, about_en = _DATASETS[name]
    identity = f"{base}/api/v1/catalog.jsonld#{name}"
    found: dict[str, Any] = {
        "@id": identity,
        "@type": "dcat:Dataset",
        "dct:identifier": f"{release.manifest.workspace}-{name}",
        "dct:title": _both(f"{settings.name_zh}{chinese}", f"{english}, {settings.name_en}"),
        "dct:description": _both(about_zh, about_en),
        "dct:publisher": _publisher(settings, base),
        "dct:modified": {"@type": _DAY, "@value": release.published_at.date().isoformat()},
        "dcat:version": release.manifest.id,
        "dcat:theme": [{"@id": f"{_AUTHORITY}/data-theme/{code}"} for code in ("ECON", "TECH")],
        "dct:accessRights": {"@id": f"{_AUTHORITY}/access-right/PUBLIC"},
        "dcat:distribution": _distributions(name, settings, base),
    }
    if name == "observations" and span[0] and span[1]:
        found["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": _DAY, "@value": span[0].isoformat()},
            "dcat:endDate": {"@type": _DAY, "@value": span[1].isoformat()},
        }
    if settings.synthetic:
        label = _both("合成数据，只作演示。", "Synthetic data for demonstration.")
        found["dct:provenance"] = {"@type": "dct:ProvenanceStatement", "rdfs:label": label}
    return found


def _distributions(name: str, settings: Settings, base: str) -> list[dict[str, Any]]:
    ways = [(f"{base}/api/v1/{name}", "application/json", "JSON", "json")]
    if name == "observations":
        ways += [
            (f"{base}/sdmx/v2/data/dataflow/*/FIGURES?format=csv", "text/csv", "CSV", "sdmx-csv"),
            (f"{base}/sdmx/v2/structure/dataflow", "application/json", "JSON", "sdmx-structures"),
        ]
    return [
        {
            "@id": f"{base}/api/v1/catalog.jsonld#{name}-{short}",
            "@type": "dcat:Distribution",
            "dcat:accessURL": {"@id": address},
            "dcat:mediaType": {"@id": f"{_MEDIA}/{media}"},
            "dct:format": {"@id": f"{_AUTHORITY}/file-type/{form}"},
            "dcat:accessService": {"@id": f"{base}/api/v1/catalog.jsonld#{'sdmx-2' if short.startswith('sdmx') else 'api'}"},
            **_licence(settings),
        }
        for address, media, form, short in ways
    ]


def _services(settings: Settings, base: str, held: list[str]) -> list[dict[str, Any]]:
    described = (
        ("api", "JSON API", f"{base}/api/v1", f"{base}/api/v1/openapi.json", "https://spec.openapis.org/oas/v3.1.0"),
        ("sdmx-1", "SDMX REST 1.5", f"{base}/sdmx/v1", f"{base}/sdmx/v1/dataflow", "https://sdmx.org/"),
        ("sdmx-2", "SDMX REST 2.2", f"{base}/sdmx/v2", f"{base}/sdmx/v2/structure/dataflow", "https://sdmx.org/"),
    )
    return [
        {
            "@id": f"{base}/api/v1/catalog.jsonld#{short}",
            "@type": "dcat:DataService",
            "dct:title": _both(f"{settings.name_zh} {title}", f"{title} of {settings.name_en}"),
            "dcat:endpointURL": {"@id": endpoint},
            "dcat:endpointDescription": {"@id": description},
            "dct:conformsTo": {"@id": standard},
            "dcat:servesDataset": [
                {"@id": f"{base}/api/v1/catalog.jsonld#{name}"} for name in held if short == "api" or name == "observations"
            ],
            **_licence(settings),
        }
        for short, title, endpoint, description, standard in described
    ]


def _sources(release: OpenRelease, base: str) -> list[dict[str, Any]]:
    if not release.has(SOURCES):
        return []
    columns = ("source", "title", "publisher", "url", "terms")
    found = []
    for row in release.select(SOURCES, columns).to_pylist():
        described: dict[str, Any] = {
            "@id": f"{base}/api/v1/catalog.jsonld#source-{row['source']}",
            "@type": "dct:BibliographicResource",
            "dct:title": row["title"],
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": row["publisher"]},
        }
        if row["url"]:
            described["foaf:page"] = {"@id": row["url"]}
        if row["terms"]:
            described["dct:rights"] = {"@type": "dct:RightsStatement", "rdfs:label": row["terms"]}
        found.append(described)
    return found


def _publisher(settings: Settings, base: str) -> dict[str, Any]:
    names = _both(settings.publisher_zh or settings.name_zh, settings.publisher_en or settings.publisher_zh or settings.name_en)
    return {"@id": f"{base}/api/v1/catalog.jsonld#publisher", "@type": "foaf:Agent", "foaf:name": names}


def _licence(settings: Settings) -> dict[str, Any]:
    if not settings.licence:
        return {}
    return {"dct:license": {"@type": "dct:LicenseDocument", "rdfs:label": {"@language": "zh", "@value": settings.licence}}}


def _both(chinese: str, english: str) -> list[dict[str, str]]:
    return [{"@language": "zh", "@value": chinese}, {"@language": "en", "@value": english}]

"""sdmx1 and pysdmx, as they are, read the service as clients."""

from __future__ import annotations

import io
import warnings
from typing import Any

import httpx
import pytest

from tests.serve.sdmx_samples import AGENCY, client, published

pytest.importorskip("sdmx")
pytest.importorskip("pysdmx")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
STRUCTURE_21, STRUCTURE_30 = "application/vnd.sdmx.structure+xml;version=2.1", "application/vnd.sdmx.structure+xml;version=3.0.0"
GENERIC, SPECIFIC = "application/vnd.sdmx.genericdata+xml;version=2.1", "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
SPECIFIC_30 = "application/vnd.sdmx.data+xml;version=3.0.0"
CSV_1, CSV_2 = "application/vnd.sdmx.data+csv;version=1.0.0", "application/vnd.sdmx.data+csv;version=2.0.0"
TOTAL = 57039.2
"""Sum of the figures of the dataflow FIGURES, by hand."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> httpx.Client:
    folder = tmp_path_factory.mktemp("clients") / "releases"
    published(folder)
    return client(folder)


def sdmx1(web: httpx.Client, version: int) -> Any:
    """A client of the library sdmx1 whose requests stay in this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import requests
        import sdmx
        import sdmx.reader.xml.v30  # before a 2.1 message is read: sdmx1 cannot import it afterwards
        from requests.adapters import BaseAdapter

    class Inside(BaseAdapter):
        def send(self, request: Any, **_options: Any) -> Any:
            found = web.request(request.method, request.url, headers=dict(request.headers))
            answer = requests.Response()
            answer.status_code, answer.url, answer.request, answer.encoding = found.status_code, request.url, request, "utf-8"
            answer.headers.update({name: value for name, value in found.headers.items() if name != "content-encoding"})
            answer.raw = io.BytesIO(found.content)
            return answer

        def close(self) -> None:
            pass

    versions, headers = (["2.1"], {}) if version == 1 else (["3.0.0"], {"dataflow": {"Accept": STRUCTURE_30}})
    source = {"id": AGENCY, "url": f"http://testserver/sdmx/v{version}", "name": "Somewhere", "versions": versions, "headers": headers}
    sdmx.add_source(source, override=True)
    made = sdmx.Client(AGENCY)
    made.session.mount("http://testserver", Inside())
    return made


@pytest.fixture(params=[1, 2])
def library(request: pytest.FixtureRequest, web: httpx.Client) -> Any:
    return sdmx1(web, request.param)


def test_sdmx1_reads_structures(library: Any) -> None:
    assert list(library.dataflow().dataflow) == ["FIGURES", "CORE", "FIGURES_BY_BAND"]
    message = library.dataflow("FIGURES", params={"references": "all"})
    structure = message.structure["FIGURES"]
    assert [each.id for each in structure.dimensions][:3] == ["FREQ", "INDICATOR", "REF_AREA"]
    assert str(message.codelist["CL_INDICATOR"]["output"].name.localizations["en"]) == "Output"
    region = next(iter(message.constraint.values())).data_content_region[0]
    members = {
        dimension.id: sorted(value.value for value in selection.values)
        for dimension, selection in region.member.items()
        if dimension.id != "TIME_PERIOD"
    }
    assert members["REF_AREA"] == ["010000", "020000"]


def test_sdmx1_reads_data(web: httpx.Client) -> None:
    library = sdmx1(web, 1)
    structure = library.dataflow("FIGURES", params={"references": "all"}).structure["FIGURES"]
    data = library.data("FIGURES", key={"INDICATOR": "output"}, params={"startPeriod": "2023"}, dsd=structure).data[0]
    assert sorted((each.dimension.get_values()[-1], float(each.value)) for each in data.obs) == [
        ("2023", 9.5),
        ("2023", 18766.7),
        ("2024", 20000.0),
    ]
    assert str(data.obs[0].attached_attribute["UNIT_MULT"].value) == "8"


@pytest.mark.parametrize("accept", [GENERIC, SPECIFIC, SPECIFIC_30, CSV_2])
def test_sdmx1_reads_every_format_it_knows(web: httpx.Client, accept: str) -> None:
    library = sdmx1(web, 1)
    structure = library.dataflow("FIGURES", params={"references": "all"}).structure["FIGURES"]
    import sdmx.reader

    answer = web.get("/sdmx/v1/data/FIGURES", headers={"Accept": accept})
    reader = sdmx.reader.get_reader_for_media_type(answer.headers["content-type"])()
    message = reader.convert(io.BytesIO(answer.content), structure=structure)
    assert sum(float(each.value) for each in message.data[0].obs) == pytest.approx(TOTAL, abs=1e-9)


@pytest.mark.parametrize("accept", [STRUCTURE_21, STRUCTURE_30, "application/vnd.sdmx.structure+json;version=2.0.0"])
@pytest.mark.parametrize("kind", ["*", "dataflow", "datastructure", "codelist", "categorisation", "dataconstraint", "agencyscheme"])
def test_pysdmx_reads_structures_and_finds_them_valid(web: httpx.Client, accept: str, kind: str) -> None:
    from pysdmx.io import read_sdmx

    answer = web.get(f"/sdmx/v2/structure/{kind}?references=descendants", headers={"Accept": accept})
    message = read_sdmx(io.BytesIO(answer.content), validate=True)
    assert message.structures


@pytest.mark.parametrize("accept", [GENERIC, SPECIFIC, SPECIFIC_30, CSV_1, CSV_2])
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions"])
def test_pysdmx_reads_data_and_finds_them_valid(web: httpx.Client, accept: str, at: str) -> None:
    from pysdmx.io import read_sdmx

    answer = web.get(f"/sdmx/v1/data/FIGURES?dimensionAtObservation={at}", headers={"Accept": accept})
    data = read_sdmx(io.BytesIO(answer.content), validate=True).data[0].data
    assert data["OBS_VALUE"].astype(float).sum() == pytest.approx(TOTAL, abs=1e-9)
    assert set(data["UNIT_MULT"].astype(str)) == {"0", "8"}


@pytest.mark.parametrize(("data", "structure"), [(SPECIFIC, STRUCTURE_21), (SPECIFIC_30, STRUCTURE_30), (CSV_2, STRUCTURE_30)])
def test_pysdmx_joins_data_with_their_structure(web: httpx.Client, data: str, structure: str) -> None:
    from pysdmx.io import get_datasets

    figures = web.get("/sdmx/v1/data/FIGURES", headers={"Accept": data})
    described = web.get("/sdmx/v2/structure/dataflow/*/FIGURES?references=descendants", headers={"Accept": structure})
    found = get_datasets(io.BytesIO(figures.content), io.BytesIO(described.content))[0]
    components = {component.id for component in found.structure.components}  # type: ignore[union-attr]
    assert {"FREQ", "INDICATOR", "OBS_VALUE", "UNIT_MULT"} <= components
    assert set(found.data.columns) <= components

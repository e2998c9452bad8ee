"""A second city of made-up figures, all of its own: names, years, areas, classifications, frameworks, report; and not a line of code.

Every printed number, rank and share that is asserted was worked out by hand from the tables below.
"""

from __future__ import annotations

import re

import pytest

from tests.run.conftest import outputs
from tests.shipped_run import produce

WORKSPACE = """\
id: chengjiang
name_zh: 澄江市
name_en: Chengjiang
area: "10"
country: "0"
synthetic: true
note: 虚构数据，仅供试验
precedence:
  - {valid_from: 2000-01-01, criteria: [stage, grade, known_from], reason: 先取后期核实数}
"""
AREAS = """\
code,name_zh,name_en,parent,aliases,valid_from,valid_to,note,row,column
0,云海国,Cloudsea,,,,,,,
10,澄江市,Chengjiang,0,,,,,1,2
20,北屏市,Beiping Screen,0,,,,,1,1
30,南浦市,Nanpu,0,,,,,2,2
11,上城区,Upper Town,10,,,,,1,1
12,下城区,Lower Town,10,,,,,2,1
13,江东区,East Bank,10,,,,,1,2
"""
ACTIVITY = """\
code,name_zh,name_en,parent,level,note
A,设计,Design,,类,
A1,玩具设计,Toy design,A,项,
A2,家具设计,Furniture design,A,项,
B,传播,Broadcasting,,类,
B1,戏曲直播,Opera streaming,B,项,
"""
TRADE = """\
code,name_zh,name_en,parent,level,note
T1,制作,Making,,门,
T11,木作,Woodwork,T1,项,
T2,服务,Services,,门,
T21,设计服务,Design services,T2,项,
T22,播出服务,Broadcast services,T2,项,
"""
TITLES = """\
areas: {name_zh: 地区, name_en: Areas}
activity: {name_zh: 创意活动, name_en: Creative activity}
trade: {name_zh: 行当, name_en: Trade}
"""
CORRESPONDENCES = """\
- id: activity_trade
  name_zh: 创意活动与行当
  name_en: Activities and trades
  source: activity
  target: trade
  file: activity_trade.csv
  document: yearbook
"""
LINKS = """\
source,target,partial,weight,note,status
A1,T21,,,,
A2,T11,1,,,
B1,T21,,,,
B1,T22,,,,
"""
INDICATORS = """\
- id: creative_output
  name_zh: 创意业产出
  name_en: Creative output
  unit: 亿元
  definition_zh: 创意活动的产出。
  price_basis: current
  dimensions: [activity]
  additive_over: [activity, area]
- id: whole_output
  name_zh: 全部产出
  name_en: Whole output
  unit: 亿元
  definition_zh: 全部活动的产出。
  price_basis: current
  additive_over: [area]
- id: creative_share
  name_zh: 创意业占全部产出比重
  name_en: Share of creative output
  unit: "%"
  definition_zh: 创意业产出除以全部产出。
  nature: share
  formula: share(total(creative_output, "activity"), of=whole_output)
- id: quarter_output
  name_zh: 各区创意业产出
  name_en: Creative output by district
  unit: 亿元
  definition_zh: 各区产出，只公布档次的照印。
  price_basis: current
- id: stage_visits
  name_zh: 剧场人次
  name_en: Visits to theatres
  unit: 万人次
  definition_zh: 全年入场人次。
  gap_office: 澄江市文化处
  gap_due: "2027-05-01"
"""
FRAMEWORKS = """\
- id: creative_city
  name_zh: 创意之城
  name_en: Creative city
  definition_zh: 产出与人次。
  core: true
  dimensions:
    - id: size
      name_zh: 规模
      name_en: Size
      groups:
        - {id: output, name_zh: 产出, name_en: Output, indicators: [creative_output, whole_output]}
        - {id: visits, name_zh: 人次, name_en: Visits, indicators: [stage_visits]}
"""
SOURCES = """\
- {id: yearbook, title: 澄江年鉴（虚构）, publisher: 澄江市统计处, grade: B, known_from: "2021-03-01"}
"""
CREATIVE = """\
地区,年份,门类,数值
澄江市,2018,合计,200.0
澄江市,2018,A1,40.0
澄江市,2018,A2,60.0
澄江市,2018,B1,100.0
澄江市,2019,合计,250.0
澄江市,2019,A1,50.0
澄江市,2019,A2,60.0
澄江市,2019,B1,140.0
澄江市,2020,合计,300.0
澄江市,2020,A1,60.0
澄江市,2020,A2,66.0
澄江市,2020,B1,174.0
北屏市,2020,合计,360.0
南浦市,2020,合计,75.0
云海国,2020,合计,735.0
"""
CREATIVE_BINDING = """\
id: creative
title: 创意业产出
file: creative.csv
source: yearbook
rows:
  - {column: 地区, supplies: area}
  - {column: 年份, supplies: period}
  - {column: 门类, supplies: category, dimension: activity, lookup: {合计: _T}}
values:
  数值: {indicator: creative_output, unit: 亿元}
defaults: {method: synthetic}
"""
WHOLE = """\
地区,年份,全部产出
澄江市,2018,1000.0
澄江市,2019,1100.0
澄江市,2020,1200.0
北屏市,2020,1800.0
南浦市,2020,300.0
云海国,2020,3300.0
"""
WHOLE_BINDING = """\
id: whole
title: 全部产出
file: whole.csv
source: yearbook
rows:
  - {column: 地区, supplies: area}
  - {column: 年份, supplies: period}
values:
  全部产出: {indicator: whole_output, unit: 亿元}
defaults: {method: synthetic}
"""
DISTRICTS = """\
区,2020年
上城区,超过100亿元
下城区,120.5亿元
"""
DISTRICTS_BINDING = """\
id: districts
title: 各区产出
file: districts.csv
source: yearbook
rows:
  - {column: 区, supplies: area}
values:
  2020年: {indicator: quarter_output, period: 2020年, unit: 亿元}
defaults: {method: synthetic}
"""
REPORT = """\
title_zh: 澄江创意年报
title_en: Creative Chengjiang
publisher_zh: 澄江市统计处
charts:
  - {id: flow, kind: flow, title_zh: 活动与行当, question_zh: 哪些行当算创意, correspondence: activity_trade, level: 门}
  - {id: parts, kind: composition, title_zh: 构成, unit: 亿元, series: [{indicator: creative_output, categories: {activity: "*"}}]}
  - {id: map, kind: tile_map, title_zh: 各区产出, unit: 亿元, series: [{indicator: quarter_output, area: "*"}]}
  - {id: cities, kind: bar, title_zh: 各市比重, order: value, highlight: "10", series: [{indicator: creative_share, area: "*"}]}
  - id: plane
    kind: scatter
    title_zh: 产出与比重
    highlight: "10"
    series: [{indicator: whole_output, area: "*", periods: [2020年]}, {indicator: creative_share, area: "*", periods: [2020年]}]
  - {id: years, kind: heat, title_zh: 逐年, unit: 亿元, series: [{indicator: creative_output, categories: {activity: "*"}}]}
tables:
  - {id: heads, title_zh: 要目, rows: headline, columns: [{indicator: creative_share}, {indicator: stage_visits}]}
  - {id: frame, title_zh: 指标, rows: framework, framework: creative_city}
  - {id: scope, title_zh: 范围, rows: class, summary: true, classification: activity, correspondence: activity_trade}
  - {id: codes, title_zh: 明细, rows: class, classification: activity, correspondence: activity_trade}
  - {id: lacking, title_zh: 缺口, rows: gap}
  - id: cities_table
    title_zh: 各市
    rows: area
    order: value
    rank: true
    columns: [{indicator: creative_share, area: "*", periods: [2020年]}]
"""
SENTENCES = (
    '2020年，{{ area() }}创意业产出{{ value("creative_output", 2020) }}，{{ change("creative_output", 2020, form="rate") }}，'
    '{{ average("creative_output", 2020) }}，{{ first_time("creative_output", 2020, threshold=280) }}。',
    '占全部产出{{ value("creative_share", 2020) }}，{{ change("creative_share", 2020) }}，{{ consecutive("creative_share", 2020) }}，'
    '{{ compare("creative_share", 2020, to="0", form="phrase") }}，{{ rank("creative_share", 2020, show="total") }}。',
    '范围有{{ classes("activity") }}项，{{ links("activity_trade") }}行，部分计入{{ links("activity_trade", partial="yes") }}行；'
    '指标{{ members("creative_city") }}项，缺{{ members("creative_city", state="gap") }}项。'
    '{{ area("11") }}产出{{ value("quarter_output", 2020, area="11") }}。',
)
EXHIBITS = """\
{{ table("heads") }}

{{ table("frame") }}

{{ table("scope") }}

{{ chart("flow") }}

{{ chart("parts") }}

{{ chart("map") }}

{{ chart("cities") }}

{{ chart("plane") }}

{{ chart("years") }}

{{ table("cities_table") }}

{{ table("codes") }}

{{ table("lacking") }}

{{ sources() }}
"""
FILES = {
    "workspace.yaml": WORKSPACE,
    "classifications/areas.csv": AREAS,
    "classifications/activity.csv": ACTIVITY,
    "classifications/trade.csv": TRADE,
    "classifications/classifications.yaml": TITLES,
    "classifications/correspondences.yaml": CORRESPONDENCES,
    "classifications/correspondences/activity_trade.csv": LINKS,
    "indicators/indicators.yaml": INDICATORS,
    "frameworks/frameworks.yaml": FRAMEWORKS,
    "sources/sources.yaml": SOURCES,
    "tables/creative.csv": CREATIVE,
    "tables/creative.yaml": CREATIVE_BINDING,
    "tables/whole.csv": WHOLE,
    "tables/whole.yaml": WHOLE_BINDING,
    "tables/districts.csv": DISTRICTS,
    "tables/districts.yaml": DISTRICTS_BINDING,
    "report/report.yaml": REPORT,
    "report/report.md": "\n\n".join(("# 概况", *SENTENCES, EXHIBITS)),
    "rules/rules.yaml": "[]\n",
    "corrections/corrections.yaml": "[]\n",
}
SAID = (
    "2020年，澄江市创意业产出300.0亿元，名义增长20.0%，两年平均名义增长22.5%，自2018年有数据以来首次超过280亿元。",
    "占全部产出25.0%，提高2.3个百分点，连续2年提高，高于云海国2.7个百分点，并列第1位（共3个）。",
    "范围有3项，4行，部分计入1行；指标3项，缺1项。上城区产出超过100亿元。",
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("chengjiang")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    out = tmp_path_factory.mktemp("printed")
    produce(folder, out)
    return outputs(out)


@pytest.fixture(scope="module")
def page(printed: dict[str, bytes]) -> str:
    """The text of the page, without markup."""
    body = printed["report.html"].decode().partition("<main")[2]
    return re.sub(r"<[^>]+>", "", re.sub(r"<(style|script).*?</\1>", "", body, flags=re.S))


@pytest.mark.parametrize("sentence", SAID)
def test_sentences_follow_from_the_figures(page: str, sentence: str) -> None:
    assert sentence in page


def test_tables_hold_figures_ranks_and_gaps(printed: dict[str, bytes]) -> None:
    html = printed["report.html"].decode()
    rows = {name: _table(html, name) for name in ("heads", "frame", "scope", "cities_table", "codes", "lacking")}
    assert rows["heads"][0][:4] == ["创意业占全部产出比重", "25.0", "%", "2020年"]
    assert rows["cities_table"] == [["云海国", "22.3", ""], ["澄江市", "25.0", "1"], ["南浦市", "25.0", "1"], ["北屏市", "20.0", "3"]]
    assert rows["scope"][-1] == ["合　计", "3", "2", "1", "0", "4", "1"]
    assert ["A2", "家具设计", "T11* 木作"] in rows["codes"]
    assert rows["lacking"] == [["澄江市文化处（1项）", "剧场人次", "万人次", "2027-05-01"]]
    assert ["人次", "剧场人次", "缺口：澄江市文化处，2027-05-01"] in rows["frame"]
    assert ["产出", "创意业产出", "300.0", "亿元", "2020年", "B"] in rows["frame"]


def test_every_chart_is_drawn_and_covers_what_it_says(printed: dict[str, bytes], page: str) -> None:
    drawn = {name.removeprefix("charts/").removesuffix(".svg") for name in printed if name.endswith(".svg")}
    assert drawn == {"flow", "parts", "map", "cities", "plane", "years"}
    assert "未公布（1个）：江东区。" in page
    assert "覆盖上城区、下城区（澄江市3个地区中的2个）；2020年；" in page
    assert "3个类目、4条，其中部分计入1条" in page
    assert "哪些行当算创意" in page


def test_it_is_marked_synthetic_and_names_no_other_city(printed: dict[str, bytes], page: str) -> None:
    assert "合成数据" in page
    for name in ("北京", "Beijing", "白皮书", "110000"):
        assert name not in page
        assert all(name not in content.decode("utf-8", "ignore") for file, content in printed.items() if file.endswith((".csv", ".json")))


def _table(html: str, name: str) -> list[list[str]]:
    figure = html.partition(f'<figure class="table short" id="{name}">')[2] or html.partition(f'id="{name}">')[2]
    body = figure.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, flags=re.S)
    ]

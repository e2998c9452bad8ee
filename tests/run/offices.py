"""A made-up town, the tables other offices owe it, and ten workbooks in the style of such offices. Every file says that it is synthetic.

Each book comes with the truth: what a person reads in it, as (indicator, area, categories, period) -> printed figure and unit.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from guibiao.reference.scaffold import scaffold

SYNTHETIC = "注：本表为合成数据，仅供测试，不可引用。"
DISTRICTS = {"990101": "东湖区", "990102": "西山区", "990103": "南港区", "990104": "北城区"}
Truth = dict[tuple[str, str, str, str], tuple[str, str]]

INDICATORS = """
- {id: live_sales, name_zh: 直播电商成交额, name_en: live sales, unit: 亿元, definition_zh: 平台所在地口径的已支付成交额。,
   frequency: monthly, additive_over: [area], price_basis: current}
- {id: live_sales_growth, name_zh: 直播电商成交额同比增速, name_en: growth of live sales, unit: "%", definition_zh: 公布增速。,
   nature: growth, frequency: monthly, relation: {kind: growth, of: live_sales, years: 1}}
- {id: content_revenue, name_zh: 信息内容收入, name_en: content revenue, unit: 亿元, definition_zh: 单位净额法收入。,
   dimensions: [content], frequency: quarterly, price_basis: current}
- {id: broadband_users, name_zh: 固定宽带用户数, name_en: broadband users, unit: 万户, definition_zh: 期末用户。, measure: at end,
   frequency: monthly}
- {id: base_stations, name_zh: 5G基站数, name_en: base stations, unit: 个, definition_zh: 期末在网。, measure: at end, frequency: monthly}
- {id: mobile_traffic, name_zh: 移动互联网接入流量, name_en: mobile traffic, unit: 万GB, definition_zh: 当期流量。, frequency: monthly}
- {id: mobile_traffic_growth, name_zh: 移动互联网接入流量同比增速, name_en: growth of mobile traffic, unit: "%", definition_zh: 公布增速。,
   nature: growth, frequency: monthly, relation: {kind: growth, of: mobile_traffic, years: 1}}
- {id: experience_centres, name_zh: 信息消费体验中心数, name_en: experience centres, unit: 家, definition_zh: 期末在营。,
   measure: at end, dimensions: [centre_kind], frequency: quarterly}
- {id: residents_spending, name_zh: 居民人均数字消费支出, name_en: digital spending, unit: 元/人, definition_zh: 住户调查。,
   price_basis: current}
"""
CATEGORIES = {
    "content": "code,name_zh,name_en,aliases\ngame,网络游戏,games,游戏\nvideo,网络视听,video,视听|视频\nreading,数字阅读,reading,阅读\n",
    "centre_kind": "code,name_zh,name_en,aliases\ngeneral,综合型,general,\nspecial,特色型,special,\n",
}
SOURCES = """
- {id: offices, title: 部门报送数据（合成）, publisher: 虚构部门, grade: D, known_from: "2026"}
"""
TABLES = {
    "owed_live": ("直播电商月报", "{column: 地区, supplies: area}", "直播电商成交额（亿元）: {indicator: live_sales}", "open"),
    "owed_content": ("信息内容收入季报", "{column: 类别, supplies: category, dimension: content}",
                     "收入: {indicator: content_revenue}", "open"),
    "owed_telecom": ("通信业月报", "{column: 指标, supplies: indicator}", "数值: {}", "open"),
    "owed_centres": ("体验中心季报", "{column: 地区, supplies: area}", "家数: {indicator: experience_centres}", "open"),
    "owed_spending": ("居民数字消费年报", "{column: 年份, supplies: period}",
                      "居民人均数字消费支出（元/人）: {indicator: residents_spending}", "restricted"),
}  # fmt: skip
OFFICES = {
    "owed_live": ("虚构商务局", "monthly", "15", "live_sales, live_sales_growth", "2026年1月", "live_monthly"),
    "owed_content": ("虚构经信局", "quarterly", "20", "content_revenue", "2026年一季度", "content_quarterly"),
    "owed_telecom": ("虚构通管局", "monthly", "12", "broadband_users, base_stations, mobile_traffic, mobile_traffic_growth", "2026年1月",
                     "telecom_monthly"),
    "owed_centres": ("虚构商务局", "quarterly", "10", "experience_centres", "2026年一季度", "centres_quarterly"),
    "owed_spending": ("虚构调查队", "annual", "03-31", "residents_spending", "2024年", ""),
}  # fmt: skip
MAPPINGS = {
    "live_monthly": """
id: live_monthly
table: owed_live
file_names: ["*直播*.xlsx"]
titles: [直播电商运行情况]
head_rows: 2
period_from: title
unit: 万元
unit_from: title
columns:
  - {heading: 地区, role: label, supplies: area, column: A}
  - {heading: 成交额/本月, role: value, column: B, facts: {indicator: live_sales}, period: month}
  - {heading: 成交额/本年累计, role: value, column: C, facts: {indicator: live_sales, measure: to date}, period: to date}
  - {heading: 成交额/同比增长（%）, role: value, column: D, facts: {indicator: live_sales_growth, unit: "%"}, period: month}
rows:
  - {label: 合计, role: total}
""",
    "content_quarterly": """
id: content_quarterly
table: owed_content
titles: [信息内容收入]
head_rows: 1
unit: 亿元
columns:
  - {heading: 类别, role: label, supplies: category, dimension: content, column: A, lookup: {总计: _T}}
  - {heading: "{period}", role: value, facts: {indicator: content_revenue}}
rows:
  - {label: 总计, role: total, stated: true}
""",
    "telecom_monthly": """
id: telecom_monthly
table: owed_telecom
file_names: ["tongxin*.csv"]
titles: [通信业主要指标]
head_rows: 1
period_from: title
columns:
  - {heading: 指标名称, role: label, supplies: indicator, lookup: {固定宽带接入用户: broadband_users, 5G基站: base_stations,
     移动互联网接入流量: mobile_traffic}}
  - {heading: 计量单位, role: label, supplies: unit}
  - {heading: 本月, role: value, period: month}
  - {heading: 同比增减(%), role: value, period: month, of_rows: {移动互联网接入流量: {indicator: mobile_traffic_growth, unit: "%"}}}
rows:
  - {label: 一、用户和设施, role: section}
  - {label: 二、业务量, role: section}
""",
    "centres_quarterly": """
id: centres_quarterly
table: owed_centres
titles: [体验中心]
head_rows: 2
period_from: title
columns:
  - {heading: 所在区, role: label, supplies: area, column: B}
  - {heading: 体验中心（家）/综合型, role: value, column: C, facts: {indicator: experience_centres, categories: {centre_kind: general}}}
  - {heading: 体验中心（家）/特色型, role: value, column: D, facts: {indicator: experience_centres, categories: {centre_kind: special}}}
  - {heading: 体验中心（家）/小计, role: value, column: E, facts: {indicator: experience_centres},
     parts: [体验中心（家）/综合型, 体验中心（家）/特色型]}
rows:
  - {label: 全市合计, role: total}
  - {label: 中心城区小计, role: total, of: above}
  - {label: 外围城区小计, role: total, of: above}
""",
}
REPORT = """
# 直播

{{ value("live_sales", "2026年1月", area="东湖区", default="未公布") }}
"""


def town(parent: Path) -> Path:
    """The workspace: scaffolded, with the owed tables, agreements and mappings written into it."""
    folder = scaffold(parent, "newtown", "新城市", "990100")
    areas = folder / "classifications" / "areas.csv"
    extra = "".join(f"{code},{name},District {code},990100,{name.removesuffix('区')},,,,,\n" for code, name in DISTRICTS.items())
    areas.write_text(areas.read_text("utf-8").rstrip("\n") + "\n" + extra, "utf-8")
    for name, text in CATEGORIES.items():
        (folder / "classifications" / f"{name}.csv").write_text(text, "utf-8")
    (folder / "indicators" / "owed.yaml").write_text(INDICATORS, "utf-8")
    (folder / "sources" / "offices.yaml").write_text(SOURCES, "utf-8")
    (folder / "deliveries" / "mappings").mkdir(parents=True)
    (folder / "deliveries" / "parameters").mkdir()
    for name, (title, rows, values, access) in TABLES.items():
        text = f"id: {name}\ntitle: {title}\nsource: offices\nrestricted: {str(access == 'restricted').lower()}\nrows:\n  - {rows}\n"
        (folder / "tables" / f"{name}.yaml").write_text(f"{text}values:\n  {values}\n", "utf-8")
        office, frequency, due, indicators, first, mapping = OFFICES[name]
        (folder / "deliveries" / f"{name}.yaml").write_text(
            f"id: {name}\ntitle_zh: {title}\ntable: {name}\noffice: {office}\ncontact_role: 统计联系人\nfrequency: {frequency}\n"
            f'due_day: "{due}"\nagreement: 合成〔2026〕1号\naccess: {access}\nfirst_period: {first}\nindicators: [{indicators}]\n'
            f"mapping: {mapping or chr(34) * 2}\n",
            "utf-8",
        )
    for name, text in MAPPINGS.items():
        (folder / "deliveries" / "mappings" / f"{name}.yaml").write_text(text, "utf-8")
    (folder / "deliveries" / "parameters" / "rekeying.yaml").write_text(
        '- {id: trial, valid_from: "2026-01-01", seconds_per_cell: "6", reason: 合成参数}\n', "utf-8"
    )
    report = folder / "report" / "report.md"
    report.write_text(report.read_text("utf-8") + REPORT, "utf-8")
    (folder / "inbox").mkdir()
    return folder


@dataclass(frozen=True)
class Book:
    """A file, what a person reads in it, and for a refused one the words of the reason."""

    name: str
    content: bytes
    table: str
    truth: Truth = field(default_factory=dict)
    refused: tuple[str, ...] = ()


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]], Sequence[str], str]) -> bytes:
    """An .xlsx of sheets: title, rows, merged ranges, state."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows, merged, state in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for block in merged:
            sheet.merge_cells(block)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


LIVE = {"990101": (125034.56, 125034.56, 12.3), "990102": (98021.0, 98021.0, -3.1), "990103": (5400.5, 5400.5, 45.0),
        "990104": (300.25, 300.25, 0.8)}  # fmt: skip
LIVE_HEAD: list[list[Any]] = [["地区", "成交额", "", ""], ["", "本月", "本年累计", "同比增长（%）"]]
LIVE_MERGED = ["A1:D1", "A3:A4", "B3:D3"]


def _live_truth(period: str, rows: dict[str, tuple[float, float, float]], unit: str) -> Truth:
    month = period.split("年")[1].removesuffix("月")
    to_date = f"2026年1-{month}月"
    found: Truth = {}
    for area, (own, total, rate) in rows.items():
        found["live_sales", area, "", period] = (str(own), unit)
        found["live_sales", area, "", to_date] = (str(total), unit)
        found["live_sales_growth", area, "", period] = (str(rate), "%")
    return found


@cache
def live_january() -> Book:
    """Merged title and two-level heading, 万元 above it, the total first, thousand separators as text, notes below."""
    rows: list[list[Any]] = [["2026年1月直播电商运行情况（合成）"], ["填报单位：虚构商务局", "", "", "单位：万元、%"], *LIVE_HEAD]
    rows.append(["合计", f"{sum(each[0] for each in LIVE.values()):,.2f}", f"{sum(each[1] for each in LIVE.values()):,.2f}", 8.9])
    rows += [[DISTRICTS[area], f"{own:,.2f}", f"{total:,.2f}", rate] for area, (own, total, rate) in LIVE.items()]
    rows += [[SYNTHETIC], ["填表人：某某", "", "2026-02-10", ""]]
    truth = _live_truth("2026年1月", LIVE, "万元")
    truth = {key: (f"{Decimal(figure):.2f}" if unit == "万元" else figure, unit) for key, (figure, unit) in truth.items()}
    return Book("虚构商务局2026年1月直播电商.xlsx", workbook(("月报", rows, LIVE_MERGED, "visible")), "owed_live", truth)


@cache
def live_february() -> Book:
    """The next month: a column inserted, two moved, 亿元 in the title instead of 万元, a hidden sheet."""
    figures = {"990101": (11.5, 24.0, 10.1), "990102": (9.25, 19.05, -2.0), "990103": (0.6, 1.14, 30.5), "990104": (0.04, 0.07, 1.2)}
    rows: list[list[Any]] = [["2026年2月直播电商运行情况（合成）"], ["填报单位：虚构商务局", "", "", "单位：亿元"]]
    rows += [["地区", "直播场次", "成交额", "", ""], ["", "", "同比增长（%）", "本年累计", "本月"]]
    rows.append(["合计", 80, 7.7, sum(each[1] for each in figures.values()), sum(each[0] for each in figures.values())])
    rows += [[DISTRICTS[area], 20, rate, total, own] for area, (own, total, rate) in figures.items()]
    rows.append([SYNTHETIC])
    merged = ["A1:E1", "A3:A4", "B3:B4", "C3:E3"]
    content = workbook(("月报", rows, merged, "visible"), ("底稿", [["地区", "成交额"], ["东湖区", 1]], [], "hidden"))
    return Book("虚构商务局2026年2月直播电商.xlsx", content, "owed_live", _live_truth("2026年2月", figures, "亿元"))


@cache
def telecom() -> Book:
    """GBK text: title lines, indicators in rows with their units, sections, column numbers, a rate in one row only, notes below."""
    rows = [
        ["通信业主要指标（合成）", "", "", ""], ["报告期：2026年1月", "", "", ""],
        ["指标名称", "计量单位", "本月", "同比增减(%)"], ["甲", "乙", "1", "2"], ["一、用户和设施", "", "", ""],
        ["固定宽带接入用户", "万户", "812.5", "…"],
        ["5G基站", "个", "118,402", "…"],
        ["", "", "", ""], ["二、业务量", "", "", ""], ["移动互联网接入流量", "亿GB", "4.31", "15.2"], [SYNTHETIC, "", "", ""],
        ["单位负责人：某某", "", "填表人：某某", "2026-02-08"],
    ]  # fmt: skip
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    truth: Truth = {
        ("broadband_users", "990100", "", "2026年1月末"): ("812.5", "万户"),
        ("base_stations", "990100", "", "2026年1月末"): ("118402", "个"),
        ("mobile_traffic", "990100", "", "2026年1月"): ("4.31", "亿GB"),
        ("mobile_traffic_growth", "990100", "", "2026年1月"): ("15.2", "%"),
    }
    return Book("tongxin202601.csv", buffer.getvalue().encode("gb18030"), "owed_telecom", truth)


@cache
def content_quarters() -> Book:
    """Periods across, two sheets of which one explains, a total that is a figure of its own, full-width digits."""
    head = ["类别", "2026年一季度", "2026年二季度"]
    rows: list[list[Any]] = [
        ["信息内容收入（亿元，合成）"],
        head,
        ["网络游戏", "３１２．５", 330.1],
        ["网络视听", 101.2, 98.7],
        ["数字阅读", 20.3, 21.2],
    ]
    rows += [["总计", 434.0, 450.0], [], [SYNTHETIC]]
    words = [["填报说明"], ["本表由虚构经信局填报，收入按净额法。"], [SYNTHETIC]]
    truth: Truth = {}
    for position, period in enumerate(head[1:], start=1):
        for row in rows[2:6]:
            code = {"网络游戏": "game", "网络视听": "video", "数字阅读": "reading", "总计": "_T"}[str(row[0])]
            figure = "312.5" if row[position] == "３１２．５" else str(row[position])
            truth["content_revenue", "990100", f"content={code}", period] = (figure, "亿元")
    return Book("附件2.xlsx", workbook(("填报说明", words, [], "visible"), ("数据", rows, ["A1:C1"], "visible")), "owed_content", truth)


@cache
def centres() -> Book:
    """Groups merged downwards with subtotals, a serial number, blank rows between, a total column, formulas in the totals."""
    rows: list[list[Any]] = [
        ["新城市信息消费体验中心一览（2026年6月末）"], ["组别", "所在区", "体验中心（家）", "", "", "备注"],
        ["", "", "综合型", "特色型", "小计", ""],
        ["中心城区", "东湖区", 3, 5, 8, "含试点"], ["", "西山区", 2, 1, 3, ""], ["", "中心城区小计", 5, 6, 11, ""], [],
        ["外围城区", "南港区", 0, 2, 2, ""], ["", "北城区", 1, 0, 1, ""], ["", "外围城区小计", 1, 2, 3, ""], [],
        ["全市", "全市合计", "=C6+C10", "=D6+D10", 14, ""], [SYNTHETIC],
    ]  # fmt: skip
    merged = ["A1:F1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "A4:A6", "A8:A10"]
    truth: Truth = {}
    for row in (rows[3], rows[4], rows[7], rows[8]):
        area = next(code for code, name in DISTRICTS.items() if name == row[1])
        for position, kind in ((2, "general"), (3, "special"), (4, "_T")):
            truth["experience_centres", area, f"centre_kind={kind}", "2026年6月末"] = (str(row[position]), "家")
    return Book("体验中心2026上半年.xlsx", workbook(("一览", rows, merged, "visible")), "owed_centres", truth)


@cache
def live_january_again() -> Book:
    """January once more with one district put right: a restatement."""
    figures = {**LIVE, "990102": (98121.0, 98121.0, -3.0)}
    rows: list[list[Any]] = [["2026年1月直播电商运行情况（合成，更正）"], ["单位：万元"], *LIVE_HEAD]
    rows += [[DISTRICTS[area], own, total, rate] for area, (own, total, rate) in figures.items()]
    rows += [["合计", sum(each[0] for each in figures.values()), sum(each[1] for each in figures.values()), 8.9], [SYNTHETIC]]
    content = workbook(("月报", rows, ["A1:D1", "A3:A4", "B3:D3"], "visible"))
    return Book("虚构商务局2026年1月直播电商（更正）.xlsx", content, "owed_live", _live_truth("2026年1月", figures, "万元"))


@cache
def spending_csv() -> Book:
    """The form of the binding itself as semicolon text with a mark, years as rows."""
    text = "居民数字消费年报（合成）;\n年份;居民人均数字消费支出（元/人）\n2024;5,120.4\n2025;5,433.07\n" + SYNTHETIC + ";\n"
    truth: Truth = {
        ("residents_spending", "990100", "", "2024年"): ("5120.4", "元/人"),
        ("residents_spending", "990100", "", "2025年"): ("5433.07", "元/人"),
    }
    return Book("居民数字消费.csv", b"\xef\xbb\xbf" + text.encode(), "owed_spending", truth)


@cache
def telecom_book() -> Book:
    """The same office's February as a workbook: indented labels, a unit written wide, no numbering of columns."""
    rows: list[list[Any]] = [
        ["通信业主要指标（合成）"], ["2026年2月"], [], ["指标名称", "计量单位", "本月", "同比增减（％）"], ["一、用户和设施"],
        ["　　固定宽带接入用户", "万户", 815.1, "—"], ["　　5G基站", "个", 119003, "—"], ["二、业务量"],
        ["　　移动互联网接入流量", "亿GB", 4.02, 14.8], [SYNTHETIC],
    ]  # fmt: skip
    truth: Truth = {
        ("broadband_users", "990100", "", "2026年2月末"): ("815.1", "万户"),
        ("base_stations", "990100", "", "2026年2月末"): ("119003", "个"),
        ("mobile_traffic", "990100", "", "2026年2月"): ("4.02", "亿GB"),
        ("mobile_traffic_growth", "990100", "", "2026年2月"): ("14.8", "%"),
    }
    return Book("tongxin-2.xlsx", workbook(("Sheet1", rows, ["A1:D1"], "visible")), "owed_telecom", truth)


@cache
def wrong_total() -> Book:
    """A district's figure was changed and the total was not."""
    rows: list[list[Any]] = [["2026年3月直播电商运行情况（合成）"], ["单位：万元"], *LIVE_HEAD, ["合计", 1000, 3000, 5.0]]
    rows += [["东湖区", 500, 1500, 1.0], ["西山区", 300, 900, 2.0], ["南港区", 150, 400, 3.0], ["北城区", 60, 200, 4.0], [SYNTHETIC]]
    return Book("2026年3月直播.xlsx", workbook(("月报", rows, LIVE_MERGED, "visible")), "owed_live", refused=("B5", "1000", "1010"))


@cache
def renamed_column() -> Book:
    """A heading was renamed, so that nobody can say what the column is."""
    rows: list[list[Any]] = [["2026年4月直播电商运行情况（合成）"], ["单位：万元"], ["地区", "成交额", "", ""]]
    rows += [["", "当月发生额", "本年累计", "同比增长（%）"], ["东湖区", 500, 1500, 1.0], [SYNTHETIC]]
    return Book(
        "2026年4月直播.xlsx",
        workbook(("月报", rows, LIVE_MERGED, "visible")),
        "owed_live",
        refused=("缺少列", "成交额/本月", "B4", "当月发生额"),
    )


BOOKS: tuple[Callable[[], Book], ...] = (
    live_january, live_february, telecom, content_quarters, centres, live_january_again, spending_csv, telecom_book, wrong_total,
    renamed_column,
)  # fmt: skip

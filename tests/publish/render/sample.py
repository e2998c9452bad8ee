"""A report as the template makes it, built by hand: 31-row table over a page, grouped heads, notes, charts, 60 passports."""

from __future__ import annotations

import hashlib
from pathlib import Path

from guibiao.publish.document import (
    Block,
    Bullets,
    ChartBlock,
    Document,
    Heading,
    Line,
    Link,
    Number,
    Paragraph,
    Passport,
    PassportLine,
    TableBlock,
    TableCell,
    Text,
)

DRAWINGS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "charts").glob("*.svg"))}
PROVINCES = (
    "北京市,45222.4,47353.7|天津市,16588.5,17211.8|河北省,43198.3,45660.0|山西省,25653.2,26050.8|内蒙古自治区,23795.7,25020.5"
    "|辽宁省,29739.7,31389.8|吉林省,13121.4,13942.7|黑龙江省,16359.2,16470.7|上海市,48594.5,51404.5|江苏省,124564.2,130924.3"
    "|浙江省,80770.0,85619.6|安徽省,45525.1,48227.5|福建省,52099.6,54801.7|江西省,31568.1,32677.1|山东省,89519.4,94206.4"
    "|河南省,58807.4,60627.7|湖北省,53445.4,56794.3|湖南省,47957.9,50667.5|广东省,132547.1,137905.4|广西壮族自治区,26419.7,27501.7"
    "|海南省,6912.8,7590.2|重庆市,28771.8,30614.3|四川省,57609.4,61353.4|贵州省,20579.5,21513.7|云南省,29301.1,30595.8"
    "|西藏自治区,2235.4,2532.9|陕西省,33035.6,33976.5|甘肃省,11553.6,12345.7|青海省,3677.4,3849.2|宁夏回族自治区,5168.1,5368.8"
    "|新疆维吾尔自治区,18550.5,19603.3"
)
_LINEAGE = (
    (0, "数字", "{title}"),
    (0, "采用值", "{printed}；区间 18766.65 至 18766.75；现价；初步核算；第四次全国经济普查口径"),
    (1, "优先次序", "自1990-01-01起依次比较：阶段、来源等级、公布日期、小数位数；本次由“来源等级”定夺"),
    (1, "单元格", "数据集 benchmark_report_2023_table_2，第 7 行第 3 列，印作“18766.7”（行：数字经济增加值；列：2023年）"),
    (2, "来源", "全球数字经济标杆城市建设评价报告（2023年），B 级，2024年3月公布（日期只精确到月）"),
    (3, "发布机构", "市经济和信息化局"),
    (3, "网址", "https://example.org/reports/benchmark-city-2023.html"),
    (1, "未采用", "18766.70亿元，国民经济和社会发展统计公报（镜像页面，C 级）：来源等级较低"),
    (1, "更正", "table_2_row_7：原印“1876.7”，更正为“18766.7”，漏录一位数字"),
    (1, "核查发现", "提示：公布增速 8.5% 与由水平值推算的 8.3% 不一致，系可比口径不同"),
)


class Numbers:
    """Numbers with passports, as they are quoted."""

    def __init__(self) -> None:
        self.passports: dict[str, Passport] = {}

    def __call__(self, text: str, title: str, grade: str = "B", depth: int = 10) -> Number:
        identifier = "p-" + hashlib.sha256(f"{title}{text}".encode()).hexdigest()[:10]
        lines = tuple(PassportLine(step, role, line.format(title=title, printed=text)) for step, role, line in _LINEAGE[:depth])
        self.passports.setdefault(identifier, Passport(identifier, title, text, grade, lines))
        return Number(text, identifier)

    def cell(self, text: str, title: str, grade: str = "A", depth: int = 6) -> TableCell:
        return TableCell(text, self(text, title, grade, depth).passport)


def line(*parts: str | Number | Text | Link) -> Line:
    """Words and numbers as one line."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def head(*texts: str) -> tuple[TableCell, ...]:
    return tuple(TableCell(text, align="center") for text in texts)


def _value_added(n: Numbers) -> TableBlock:
    rows = (
        ("2015年", "8719.4", "25894.6", "35.2", "…"),
        ("2020年", "14408.3", "36102.6", "40.0", "…"),
        ("2021年", "16251.9", "40269.6", "40.4", "13.1"),
        ("2022年", "17330.2", "41610.9", "41.6", "4.4"),
        ("2023年", "18766.7", "43760.7", "42.9", "8.5"),
        ("2024年", "", "49843.1", "", ""),
    )
    body = tuple(
        (
            TableCell(year, align="left"),
            *(n.cell(text, f"{year}第{k}列", "B", 10) if text not in {"", "…"} else TableCell(text) for k, text in enumerate(values)),
        )
        for year, *values in rows
    )
    top = (
        TableCell("年份", align="left", rows=2),
        TableCell("增加值", align="center", columns=2),
        TableCell("占地区生产总值比重（%）", align="center", rows=2),
        TableCell("名义增速（%）", align="center", rows=2),
    )
    return TableBlock(
        "value_added",
        "表1",
        "数字经济增加值及占地区生产总值比重",
        "亿元",
        (top, head("数字经济", "地区生产总值")),
        body,
        ("增速按公布值（现价），不能由本表水平值推算；2024年数字经济增加值尚未公布，由市统计局掌握。", "…表示该年未公布增速。"),
        "历年统计公报；全球数字经济标杆城市建设评价报告（2023年）",
    )


def _provinces(n: Numbers) -> TableBlock:
    rows = []
    for number, record in enumerate(PROVINCES.split("|"), start=1):
        name, earlier, later = record.split(",")
        growth = f"{(float(later) / float(earlier) - 1) * 100:.1f}"
        plain = number > 10
        cells = [
            TableCell(text) if plain else n.cell(text, f"{name}{year}年地区生产总值") for text, year in ((earlier, 2022), (later, 2023))
        ]
        rows.append((TableCell(name, align="left"), *cells, TableCell(growth), TableCell(str(number))))
    return TableBlock(
        "provinces",
        "表3",
        "各地区生产总值",
        "亿元",
        (head("地区", "2022年", "2023年", "名义增长（%）", "序号"),),
        tuple(rows),
        ("按第五次全国经济普查修订后口径；名义增长由修订后水平值计算。",),
        "国家统计局国家数据",
    )


def _small(n: Numbers) -> TableBlock:
    items = (
        ("数字经济核心产业增加值", "亿元", "11061.5"),
        ("　　其中：软件业务收入", "亿元", "26693.3"),
        ("5G基站数", "万个", "10.7"),
        ("每万人拥有5G基站", "个", "49"),
        ("限额以上批发零售业、住宿餐饮业网上零售额占社会消费品零售总额比重", "%", "39.8"),
    )
    rows = tuple(
        (TableCell(name, align="left"), TableCell(unit, align="center"), n.cell(value, name, "C", 8), TableCell("-12.5"))
        for name, unit, value in items
    )
    return TableBlock("headline", "表2", "主要指标", "", (head("指标", "单位", "2023年", "同比（%）"),), rows, (), "各部门公布数据")


def _text(n: Numbers) -> tuple[Block, ...]:
    return (
        Paragraph(
            line(
                "初步核算，2023年全市数字经济实现增加值",
                n("18766.7亿元", "2023年数字经济增加值"),
                "，按现价计算比上年",
                n("增长", "2023年增长方向", "C"),
                n("8.5%", "2023年数字经济增速", "C"),
                "；占地区生产总值的比重为",
                n("42.9%", "2023年比重"),
                "，比2022年提高",
                n("1.3个百分点", "比重变化", "C"),
                "。按第五次全国经济普查修订后的地区生产总值计算，这一比重为",
                n("39.6%", "修订后比重"),
                "，两个口径都成立，",
                Text("不得混用", "strong"),
                "。",
            )
        ),
        Paragraph(
            line(
                "其中，数字经济核心产业增加值",
                n("11061.5亿元", "核心产业增加值"),
                "，占地区生产总值的",
                n("25.3%", "核心产业比重"),
                "，",
                n("增长", "核心方向"),
                n("10.8%", "核心增速"),
                "，增速高于数字经济",
                n("2.3个百分点", "增速差"),
                "，对数字经济增长的贡献率（试算）在",
                n("64.7%—69.0%", "贡献率"),
                "之间，因口径选择不同而变化，不作为头条数字引用。软件业务收入",
                n("26693.3亿元", "软件业务收入"),
                "，居全国",
                n("第1位", "软件位次"),
                "；电子商务销售额",
                n("42301.7亿元", "电商销售额"),
                "，",
                n("首次", "首次"),
                "超过",
                n("4万亿元", "门槛"),
                "。“十四五”以来，TOP500企业数量保持稳定（见",
                Link("第二节", "#h-districts"),
                "与",
                Link("国家数据", "https://data.stats.gov.cn/"),
                "）。",
            )
        ),
    )


def sample_document(*, watermark: str = "", title: str = "城市数字经济发展报告（2023年）") -> Document:
    """The whole sample; its charts are `DRAWINGS`."""
    n = Numbers()
    first = _text(n)
    ranked = tuple(n(f"{number * 1234.5:.1f}亿元", "条形图的条").passport for number in range(1, 16))
    blocks: tuple[Block, ...] = (
        Heading(1, line("总体情况"), "h-overview"),
        *first,
        _value_added(n),
        Paragraph(
            line(
                "比重自",
                n("2015年的35.2%", "2015年比重"),
                "起逐年上升，",
                n("8", "年数"),
                "年间累计提高",
                n("7.7个百分点", "累计提高"),
                "，见",
                Link("图1", "#value_added_line"),
                "。",
            )
        ),
        ChartBlock(
            "value_added_line",
            "图1",
            "数字经济增加值与两种口径的比重",
            ("虚线为普查修订造成的断点，断点前后不可直接比较。",),
            "历年统计公报",
            tuple(n(f"{text}亿元", "折线图的点").passport for text in ("8000.1", "8918.1", "9958.3")),
            "折线图：增加值由8719.4亿元升至18766.7亿元",
        ),
        Heading(2, line("核心产业"), "h-core"),
        *_text(n),
        Bullets(
            (
                line("数字产品制造业增加值", n("1250.3亿元", "制造业")),
                line("数字技术应用业增加值", n("8402.6亿元", "应用业"), "，占核心产业的", n("76.0%", "应用业占比")),
                line("数字要素驱动业增加值", n("1045.1亿元", "要素业")),
            )
        ),
        Heading(2, line("主要指标"), "h-headline"),
        _small(n),
        Heading(1, line("地区比较"), "h-districts"),
        Paragraph(
            line(
                "2023年地区生产总值居前",
                n("3", "前三"),
                "位的是广东省、江苏省和山东省，合计占全国的",
                n("28.9%", "前三占比"),
                "。各地区修订后口径见",
                Link("表3", "#provinces"),
                "。",
            )
        ),
        _provinces(n),
        ChartBlock("provinces_bar", "图2", "各地区生产总值居前10位", (), "国家统计局国家数据", ranked, "条形图：广东省居首"),
        Heading(2, line("每万人拥有5G基站等密度指标的口径说明与可比性"), "h-density"),
        Heading(3, line("口径"), "h-density-basis"),
        *_text(n),
        Paragraph(line("本节数据为部门快报，未经年度核定，引用时请注明。"), "note"),
        Heading(1, line("数据缺口"), "h-gaps"),
        *_text(n)[:1],
        Bullets(
            (
                line("数字消费需求：由国家统计局调查队掌握，预计", n("2024年6月", "缺口日期"), "公布"),
                line("智能算力：只有规划数，不作观测值"),
            ),
            ordered=True,
        ),
    )
    for number in range(len(n.passports), 60):
        n(f"{1000 + number * 3.7:.1f}亿元", f"指标{number}，2023年", "ABCD"[number % 4], 4 + number % 7)
    notices = ["数据截至2024年6月30日（按公布日期筛选）", "核查发现 12 条：错误 1 条、需解释 5 条、提示 6 条，清单见 findings.csv"]
    if watermark:
        notices.insert(0, "本报告数据为合成数据，仅供测试，不得引用")
    return Document(
        title,
        "增加值、结构与地区比较",
        "市数字经济统计研究中心",
        "2024年7月1日",
        "zh",
        blocks,
        tuple(n.passports.values()),
        tuple(notices),
        "数据截至2024年6月30日",
        {"watermark": watermark} if watermark else {},
    )

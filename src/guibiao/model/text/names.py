"""Short name of what a quantity measures, its geography and its kind, from the words around it."""

from __future__ import annotations

import re
from typing import Literal

from guibiao.model.text.clauses import Wording
from guibiao.model.text.mentions import Mention

Kind = Literal["level", "increment", "ratio", "growth", "count", "ranking", "relative"]

_VERBS = (
    "力争 争取 确保 基本 全面 率先 进一步 持续 加快 大力 积极 努力 累计 合计 总计 共计 共 培育或引进 培育 引进 打造 建成 "
    "建设 建立 新增 新建 实现 达到 达 提升到 提升至 提高到 提高至 提升 提高 扩大到 扩大至 扩大 形成 孵化 推出 选取 遴选 "
    "集聚 聚集 汇聚 开展 支持 发展 完成 突破 带动 推动 推进 认定 布局 创建 构建 组织 制定 发布 降低到 降低 降至 压减 控制在 "
    "保持在 保持 促进 增加到 增加 增长 超过 超 逾 不少于 不低于 不超过 约为 约 近 为 至少 每年 评选 规划 占 到 由 将 要 的 "
    "对 向 在 使 居 位居 位列 列 排名 比 较 与 约占 仅 只 压缩至 缩短至 下降 减少 设立 给予 超 分别 同比 环比 "
    "拥有 全部 规模化 全市 全国 本市 我市 我国 我省 全省 年均"
)
_LEADING = re.compile(rf"^(?:{'|'.join(sorted(map(re.escape, _VERBS.split()), key=len, reverse=True))}|[，,、；;\s“”\"(（])+")
_TRAILING = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, _VERBS.split()), key=len, reverse=True))}|[，,、；;\s“”\"(（])+$")
_YEARS = re.compile(r"(?:力争|争取)?(?:到|至|截至)?(?:“?十[二三四五六]五”?(?:末|期间|时期)|(?:19|20)\d\d年(?:底|末|前|\d{1,2}月)*)[，,]?")
_AFTER_STOP = re.compile(
    r"[，,。；;：:、（(“]|和(?=[\d一二三四五六七八九十])|作为|打造|建设|以|带动|形成|参与|纳入|开展|实施|实现|完成|接入|在(?!线)|达到|组成|的(?:整体|总体)?(?:目标|要求|速度)|进社区|进校园|落地|投入"
)
_DESCRIBED = re.compile(
    r"(?:(?!和\d|的(?:整体|总体)?(?:目标|要求|速度))[^，,。；;（(“])*的(?=[^，,。；;、（(“的]{2})(?!(?:整体|总体)?(?:目标|要求|速度))"
)
"""Everything up to the last 的 before a noun; of a list of properties (效益突出、创新能力强的) all of it."""
_MARKER = re.compile(r"^(?:\d{1,2}[.．、)]|[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|-{1,2}|—{1,2})\s*")
_LONGEST = 40
_QUOTES = str.maketrans("", "", '“”"')
_MODIFIER = 4
"""So short a word before 、 describes what follows: 跨行业、跨领域."""
_PLAIN = frozenset({"企业", "项目", "单位", "机构", "用户"})
_SUFFIX = re.compile(r"^(?:以上|左右|以内|以下|及以上|余|多)?(?:的)?")
_INNER = re.compile(r"实现(?=收入|产值|营收|利润)|力争|预计")
_FROM = re.compile(
    r"(?:从|由)(?:(?:19|20)\d\d\s?年|目前|现在|上年|年初)?(?:末|底)?(?:的)?\s?[\d.,]*\D{0,6}?(?:提高|提升|增长|增加|扩大|下降|降低|上升)?(?:到|至)?$"
)
_RESPECTIVELY = re.compile(r"分别(?:达到|超过|突破|增长|提高到|提升到|提高|提升|为|达|是|有)?")
_GROWTH = re.compile(r"增长(?!到|至)|增速|增幅|年均|同比|(?:下降|降低|减少|压减)(?!到|至)")
_INCREMENT = re.compile(r"新增|净增|增加(?!到|至|值)|新建|新设|新培育|新引进|提高(?!到|至)|提升(?!到|至)|下降(?!到|至)|降低(?!到|至)")
_GEOGRAPHY = re.compile(
    r"每个区|各区(?!域)|每区|全市|本市|我市|全省|我省|本省|我国|全国(?![首领先影响知一性统重百前])|重点(?:区域|商圈|景区|园区|场所)(?:和重点(?:区域|商圈|景区|园区|场所))?|全区|全球|京津冀|城市副中心|五环内|核心区|各省|每个县|农村地区|行政村|中央企业"
)
_NARROW = frozenset({"行政村", "中央企业", "农村地区", "核心区", "五环内", "城市副中心"})
_SAME = {"本市": "全市", "我市": "全市", "本省": "全省", "我省": "全省", "我国": "全国"}
_DISTRICT = re.compile(
    r"(?:^|[，,。；;、：:(（“]|在|将|推动|由|于|支持|以)([\u4e00-\u9fff]{1,4}(?:新区|开发区|(?<!地)区|县|市|省))(?=(?!域|块|场|级)[^，。]{0,8}(?:建|实现|达|打造|培育|开展|力争|率先|新增))"
)


def indicator_name(mention: Mention, around: Wording) -> str:
    """What is counted or measured: the noun after a count (10家龙头机构), the noun before a level (直播电商成交额达到)."""
    before = _MARKER.sub("", _respectively(around.before) or around.before)
    left = _FROM.sub("", _INNER.sub("", _YEARS.sub("", before)))
    left = left.rpartition("、")[2] if left.count("、") and not mention.unit.endswith("%") else left
    left = _TRAILING.sub("", _LEADING.sub("", left)).translate(_QUOTES)
    right = _counted(around.after)
    counted = mention.unit and not mention.unit.endswith(("%", "元", "倍", "百分点", "率", "成"))
    if counted and len(right) >= 2:
        return right[-_LONGEST:]
    if _INCREMENT.search(around.before) and left:
        return f"{left[-_LONGEST:]}新增" if "新增" in around.before and not left.endswith("新增") else left[-_LONGEST:]
    return left[-_LONGEST:] or right[:_LONGEST] or _preceding(around.lead)


def _preceding(lead: str) -> str:
    """What the clause before speaks of, up to its figure, where a quantity has no name in its own."""
    clause = re.split(r"\d", re.split(r"[，,；;：:]", lead.rstrip("，,"))[-2:][0])[0]
    return _TRAILING.sub("", _LEADING.sub("", _YEARS.sub("", clause)))[-_LONGEST:]


def _counted(after: str) -> str:
    """The noun after a count, without what describes it: 以上具有国际水准的工业互联网平台 -> 工业互联网平台."""
    text = _SUFFIX.sub("", after)
    described = _DESCRIBED.match(text)
    text = text[described.end() :] if described is not None else text
    stop = _AFTER_STOP.search(text)
    while stop is not None and stop[0] == "、" and stop.start() <= _MODIFIER:
        stop = _AFTER_STOP.search(text, stop.end())
    noun = (text[: stop.start()] if stop else text).strip('“”"的 ')
    if len(noun) < 2 and stop is not None and stop[0] in {"打造", "建设"}:
        return _counted(text[stop.end() :])
    if noun in _PLAIN and stop is not None and stop[0] == "“":
        return noun + text[stop.end() :].partition("”")[0]
    return noun


def _respectively(before: str) -> str:
    """甲、乙分别达到73.0%、 -> 乙: the name that stands in the place of the value, with what all share before the first."""
    found = _RESPECTIVELY.search(before)
    if found is None:
        return ""
    names = re.split(r"、|以及|和|与", before[: found.start()].rstrip("，,的"))
    ordinal = len(re.findall(r"、|以及|和|与", before[found.end() :]))
    return names[min(ordinal, len(names) - 1)]


def geography(around: Wording) -> str:
    """The area the words name; empty where they name none."""
    for text in (around.clause, around.lead):
        found = _GEOGRAPHY.search(text)
        if found is not None and (text is around.clause or found[0] not in _NARROW):
            return _SAME.get(found[0], found[0])
        district = _DISTRICT.search(text)
        if district is not None:
            return district[1]
    return ""


def kind_of(mention: Mention, around: Wording) -> Kind:
    """Level, increment, ratio, growth, count, ranking or relative."""
    if mention.rank:
        return "ranking"
    if mention.operator == "multiple_of_base" or mention.unit == "倍":
        return "relative"
    if mention.unit in {"%", "‰", "成"}:
        return "growth" if _GROWTH.search(around.before) else "ratio"
    if mention.unit.endswith("百分点"):
        return "increment"
    if _INCREMENT.search(around.before[-14:]):
        return "increment"
    unit = mention.known_unit
    if unit is not None and unit.dimension and unit.dimension[0][0].startswith("count:"):
        return "count"
    return "level"

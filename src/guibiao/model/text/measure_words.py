"""Measure words of running Chinese text, the magnitudes before them, and which counts are worth reading when written in words."""

from __future__ import annotations

import re

MEASURE_WORDS = (
    "个百分点 百分点 % ‰ 倍 成 平方公里 平方千米 平方米 平米 立方米 公顷 亩 公里 千米 米 毫米 纳米 皮长公里 吨 千克 公斤 克 GB "
    "TB PB EB ZB Gbps Mbps Tbps Kbps 太比特每秒 吉比特每秒 兆比特每秒 太比特/秒 吉比特/秒 兆比特/秒 MB PFLOPS "
    "EFLOPS PFlops EFlops EFLOP P GW MW kW 千瓦时 千瓦 兆瓦 吉瓦 兆 "
    "标准煤 吨标准煤 元人民币 元 美元 港元 欧元 人次 人天 人 户 家 个 部 台 套 件 款 条 项 份 张 枚 辆 座 "
    "处 门 组 所 次 笔 单 本 册 种 大类 "
    "类 名 篇 首 位 场 期 块 颗 页 支 间 例 起 "
    "宗 架 只 栋 艘 片 段 点位 标准箱 标箱 箱 株 头 羽 粒 路 班 节 课时 学时 户次 对 架次 车次 "
    "部门 大 端 级 地 轮 方 "
    "个工作日 周年 年 年内 个月 月 周 日 天 小时 分钟 秒 毫秒 微秒 岁"
)
SCALES = {
    "百亿亿": 18, "千万亿": 15, "亿亿": 16, "万亿": 12, "千亿": 11, "百亿": 10, "十亿": 9, "亿": 8, "千万": 7, "百万": 6, "十万": 5,
    "万": 4,
    "千": 3, "百": 2, "十": 1, "": 0,
}  # fmt: skip
SCALE = "|".join(each for each in SCALES if each and each != "十")
UNIT = "|".join(sorted(map(re.escape, MEASURE_WORDS.split()), key=len, reverse=True))
COUNTED = frozenset(
    [
        "个",
        "家",
        "项",
        "座",
        "所",
        "处",
        "名",
        "支",
        "款",
        "套",
        "件",
        "台",
        "部",
        "辆",
        "户",
        "人",
        "元",
        "美元",
        "人次",
        "门",
        "间",
        "批",
        "条",
        "张",
        "亩",
        "公里",
        "平方公里",
        "平方米",
        "倍",
        "%",
        "个百分点",
        "场",
        "届",
        "次",
        "只",
        "例",
        "种",
        "类",
        "成",
        "大",
        "大类",
        "端",
        "级",
        "地",
        "轮",
        "部门",
        "方",
        "位",
    ]
)
"""Measure words that make a count of a Chinese numeral."""
SINGLE = frozenset(
    [
        "种",
        "类",
        "项",
        "系",
        "路",
        "条",
        "片",
        "对",
        "次",
        "方",
        "段",
        "头",
        "位",
        "名",
        "起",
        "点位",
        "期",
        "张",
        "组",
        "大",
        "大类",
        "端",
        "级",
        "地",
        "轮",
        "部门",
        "场",
        "部",
        "处",
        "门",
        "间",
        "件",
        "例",
        "支",
        "套",
        "成",
        "只",
    ]
)
"""Measure words with which 一 is an article, not a count."""
FEW = {"端": "两", "级": "两", "地": "两三四五", "方": "两三", "位": "三四五六七八九十"}
"""Words that count only after these numerals: 两端, but 一级, 二级 name a level."""
GROUPS = frozenset({"大", "大类", "端", "级", "地", "轮", "部门", "方"})
"""Measure words that count the members of a group: 三大活动, 十部门."""
DATE_UNITS = frozenset({"年", "年内", "月", "日", "个月", "周", "天", "周年", "岁", "节"})
ONLY_WORDS = (GROUPS - {"部门"}) | {"成"}
"""After figures these are no measure words: 5大道, 10地块."""
_POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_WHOLE = ("千米", "千克", "千瓦", "百分", "亿级", "万亩级")


def without_magnitude(symbol: str) -> tuple[int, str]:
    """Power of ten and unit of a printed unit: 亿元 is (8, 元), 百亿亿次 (18, 次), 万 (4, nothing)."""
    at = 0
    while at < len(symbol) and symbol[at] in _POWERS and not symbol.startswith(_WHOLE, at):
        at += 1
    return sum(_POWERS[each] for each in symbol[:at]), symbol[at:]

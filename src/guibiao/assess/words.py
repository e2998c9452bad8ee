"""What a board says in words, in Chinese and in English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from guibiao.assess.board_types import BoardResult, Reading, Row, Score
from guibiao.assess.lights import Light
from guibiao.assess.period_end import last_day
from guibiao.model.series import Frequency, label_of
from guibiao.reference.series.warning import WatchedIndicator


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


LIGHTS: Mapping[Light, Words] = {
    Light.NONE: Words("无灯", "no light"),
    Light.COLD: Words("蓝灯（过冷）", "blue (too cold)"),
    Light.COOL: Words("浅蓝灯（偏冷）", "light blue (cool)"),
    Light.NORMAL: Words("绿灯（正常）", "green (normal)"),
    Light.WARM: Words("黄灯（偏热）", "yellow (warm)"),
    Light.HOT: Words("红灯（过热）", "red (too hot)"),
}
REASONS: Mapping[str, Words] = {
    "gap": Words("缺数", "no figure"),
    "covered": Words("与后一期合并公布", "published together with the next period"),
    "span": Words("几期合并的总量，不与单期比", "a total of several periods, not set beside single ones"),
    "break": Words("口径调整以前", "before a change of definition"),
    "short": Words("序列太短，定不出分位界限", "too short for quantile limits"),
    "flat": Words("窗口内没有变动", "no movement in the window"),
    "path": Words("在目标路径以外", "outside of the target path"),
    "stale": Words("数据过期", "out of date"),
    "few": Words("有灯的指标不足", "too few indicators have a light"),
}
UNTESTED: Mapping[str, Words] = {
    "no_event": Words("未回测：没有写事件", "not tested: no event is named"),
    "not_found": Words("未回测：事件所在的序列没有数据", "not tested: no data for the event's series"),
    "no_light": Words("未回测：没有一期有灯", "not tested: no period has a light"),
}
_ALARM = {"cold": Light.COLD, "cool": Light.COOL, "warm": Light.WARM, "hot": Light.HOT}


def period_words(frequency: Frequency, ordinal: int) -> Words:
    """2026年4月, 2026年一季度; 2026-04, 2026-Q1."""
    label = label_of(frequency, ordinal)
    year, season = label.split("-")
    chinese = f"{year}年{'一二三四'[int(season[1:]) - 1]}季度" if frequency is Frequency.QUARTER else f"{year}年{int(season)}月"
    return Words(chinese, label)


def rule_words(watched: WatchedIndicator, names: Mapping[str, Words]) -> Words:
    """Which lights are alarms of what."""
    if watched.event is None:
        return Words("", "")
    lights = [LIGHTS[_ALARM[each]] for each in watched.alarm]
    event = event_words(watched, names)
    chinese = "、".join(each.zh.partition("（")[0] for each in lights)
    english = " or ".join(each.en.partition(" (")[0] for each in lights)
    return Words(f"{chinese}预示{event.zh}", f"{english} announces: {event.en}")


def event_words(watched: WatchedIndicator, names: Mapping[str, Words]) -> Words:
    """The event within its time; empty without one. The indicator is named where it is another one."""
    event = watched.event
    if event is None:
        return Words("", "")
    about = names.get(event.of, Words(event.of, event.of)) if event.of not in {"", watched.id} else Words("", "")
    when = Words(f"{event.horizon}期内", f" within {event.horizon} periods")
    if event.kind in {"below", "above"}:
        below = event.kind == "below"
        limit = number(event.value)
        english = f"{about.en} {'below' if below else 'above'} {limit}".strip()
        return Words(f"{when.zh}{about.zh}{'低于' if below else '高于'}{limit}", f"{english}{when.en}")
    chinese = f"{about.zh}的" if about.zh else ""
    return Words(
        f"{when.zh}{chinese}{'峰' if event.kind == 'peak' else '谷'}",
        f"{event.kind} {f'of {about.en}' if about.en else ''}".strip() + when.en,
    )


def test_words(row: Row) -> Words:
    """Hits, misses, false alarms and lead, or why there is no test."""
    test = row.test.counts
    if test is None:
        hindered = UNTESTED.get(row.test.untested)
        return hindered or Words(f"未回测：{row.test.untested}", f"not tested: {row.test.untested}")
    chinese = f"回测{test.events}次事件：命中{test.hits}，漏报{test.misses}，虚警{test.false_alarms}"
    english = f"test on {test.events} events: {test.hits} hits, {test.misses} misses, {test.false_alarms} false alarms"
    if not test.events:
        chinese = f"回测期内没有可检验的事件，虚警{test.false_alarms}"
        english = f"no event to test on, {test.false_alarms} false alarms"
    if test.untested:
        chinese, english = f"{chinese}，另有{test.untested}次事件前没有灯", f"{english}, {test.untested} events without a light before them"
    if test.pending:
        chinese, english = f"{chinese}，待定{test.pending}", f"{english}, {test.pending} pending"
    if test.hits:
        chinese, english = f"{chinese}，平均提前{test.lead:.1f}期", f"{english}, lead {test.lead:.1f} periods"
    if row.test.in_sample:
        chinese, english = f"{chinese}（界限是事后定的，不是样本外）", f"{english} (limits were set afterwards: not out of sample)"
    return Words(chinese, english)


def row_sentence(result: BoardResult, row: Row) -> Words:
    """Value, light, limit crossed, change, test and age of the last value, in one sentence."""
    reading = row.reading
    name = name_words(row.watched)
    if reading is None:
        return Words(f"{name.zh}：没有数据。", f"{name.en}: no data.")
    period = period_words(result.frequency, reading.ordinal)
    shown = value_text(reading.value, row.unit)
    light = LIGHTS[reading.light]
    zh = [f"{name.zh}{period.zh}为{shown}", light.zh]
    en = [f"{name.en}, {period.en}: {shown}", light.en]
    if reading.light is Light.NONE:
        reason = REASONS.get(reading.reason, Words(reading.reason, reading.reason))
        zh[1], en[1] = f"{light.zh}：{reason.zh}", f"{light.en} ({reason.en})"
    before = row.previous
    if before is not None:
        moved = change_words(reading, before, row.unit)
        zh.append(f"较上期{moved.zh}")
        en.append(f"{moved.en} on the value before")
    days = (result.as_of - last_day(result.frequency, reading.ordinal)).days
    test = test_words(row)
    zh += [test.zh, f"期末距{result.as_of.isoformat()}为{days}天"]
    en += [test.en, f"{days} days old on {result.as_of.isoformat()}"]
    return Words("，".join(zh) + "。", "; ".join(en) + ".")


def change_words(reading: Reading, before: Reading, unit: str) -> Words:
    """Direction and size; of percentages in points."""
    change = reading.value - before.value
    if abs(change) < 5e-10:
        return Words("持平", "unchanged")
    size = value_text(abs(change), "个百分点" if unit == "%" else unit)
    sized = value_text(abs(change), " points" if unit == "%" else unit)
    return Words(f"{'上升' if change > 0 else '下降'}{size}", f"{'up' if change > 0 else 'down'} {sized}")


def score_sentence(result: BoardResult, score: Score) -> Words:
    """The composite score, its light, and how many indicators stand behind it."""
    period = period_words(result.frequency, score.ordinal)
    light = LIGHTS[score.light]
    counts = {each: sum(row_light(row, score.ordinal) is each for row in result.rows) for each in Light if each is not Light.NONE}
    shown_zh = "、".join(f"{LIGHTS[each].zh.partition('（')[0]}{count}项" for each, count in reversed(counts.items()) if count)
    shown_en = ", ".join(f"{count} {LIGHTS[each].en.partition(' (')[0]}" for each, count in reversed(counts.items()) if count)
    name = Words(result.board.name_zh, result.board.name_en or result.board.name_zh)
    missing = score.of - score.lit
    zh = f"{name.zh}{period.zh}综合指数{score.value:.1f}，{light.zh}；{score.of}项指标中{shown_zh}" + (
        f"，{missing}项无灯" if missing else ""
    )
    en = f"{name.en}, {period.en}: composite {score.value:.1f}, {light.en}; of {score.of} indicators {shown_en}" + (
        f", {missing} without a light" if missing else ""
    )
    return Words(f"{zh}。", f"{en}.")


def row_light(row: Row, ordinal: int) -> Light:
    """The indicator's light at a period; NONE outside of its series."""
    at = ordinal - row.series.start
    return row.readings[at].light if 0 <= at < len(row.readings) else Light.NONE


def name_words(watched: WatchedIndicator) -> Words:
    """The indicator's names, its id where it has none."""
    chinese = watched.name_zh or watched.id
    return Words(chinese, watched.name_en or chinese)


def value_text(value: float, unit: str) -> str:
    """A value with its unit, at most two decimals under a thousand."""
    return f"{number(value)}{unit}"


def number(value: float) -> str:
    """Plain decimal without superfluous zeros."""
    if math.isnan(value):
        return "—"
    text = f"{value:.{0 if abs(value) >= 1000 else 2}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text

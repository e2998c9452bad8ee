"""The verdict on a target in one plain sentence, Chinese and English, from the outcome alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from guibiao.model.period import Measure, Period
from guibiao.model.quantity import format_number
from guibiao.policy.attainment_types import Case, Outcome, Seen, Status, Words

NAMED = 5
"""Missing areas named in grounds; of more, their number is given."""
_SIGNS = {">=": ("不低于", "at least "), ">": ("超过", "more than "), "<=": ("不超过", "at most "), "<": ("低于", "less than "),
          "approx": ("约", "about "), "=": ("", "")}  # fmt: skip
_STATUS = {
    Status.ON_PACE: ("进度合拍", "on pace"),
    Status.BEHIND: ("进度落后", "behind"),
    Status.OUT_OF_REACH: ("按现有进度难以达到", "out of reach"),
    Status.MET: ("已完成", "met"),
    Status.MISSED: ("未完成", "missed"),
    Status.NO_DATA: ("没有数据", "no data"),
    Status.NOT_MEASURABLE: ("按原文无法衡量", "not measurable as worded"),
}
_REASONS = {
    "no_indicator": ("没有衡量它的指标", "no indicator measures it"),
    "no_deadline": ("原文和本文件都没有期限", "neither the words nor the document give a deadline"),
    "unit": ("目标的单位与指标的单位不是一类", "the units of target and indicator are of different kinds"),
    "basis": ("基期数与本期数口径不同，不能相比", "base and value are on different bases and are not compared"),
    "break": ("基期与本期之间口径改变，不能相比", "the definition changed between base and value, which are not compared"),
    "no_base": ("没有基期数", "there is no figure for the base"),
    "no_observation_at_deadline": ("期限时点没有数据", "there is no figure for the deadline"),
    "no_comparable_period": (
        "只有不满一年的数，与年度目标不可比",
        "only parts of years are on file, which do not compare with a goal for a year",
    ),
    "single_observation": ("只有一期数，看不出进度", "one figure alone shows no pace"),
    "open_interval": ("公布数只给出下限或上限，判断不了", "the figure published is only a bound, which leaves it open"),
    "reached": ("已提前达到目标值", "the goal is reached before its time"),
    "reached_early": ("期限前的数据已达到目标", "a figure from before the deadline reaches the goal"),
}


def status_words(status: Status) -> Words:
    """Name of a status."""
    return Words(*_STATUS[status])


def reason_words(reason: str) -> Words:
    """A reason in words; empty where the status says it all."""
    return Words(*_REASONS.get(reason, ("", "")))


def sentence(case: Case, as_of: date, outcome: Outcome) -> Words:
    """One sentence: the goal, the last figure, the verdict with its reason, and what was assumed."""
    verdict, reason = status_words(outcome.status), reason_words(outcome.reason)
    head = _goal(case, outcome)
    if outcome.status is Status.NO_DATA and outcome.value is not None:
        verdict = Words("尚不能判断", "cannot be judged")
    zh = [_figure_zh(outcome), f"{verdict.zh}{f'（{reason.zh}）' if reason else ''}", *_tail_zh(case, outcome)]
    en = [_figure_en(outcome), f"{verdict.en}{f' ({reason.en})' if reason else ''}", *_tail_en(case, outcome)]
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    said = "；".join(word.zh for word in (*outcome.remarks, *outcome.assumptions))
    told = "; ".join(word.en for word in (*outcome.remarks, *outcome.assumptions))
    return Words(
        f"{head.zh}；截至{day}，{'，'.join(part for part in zh if part)}。" + (f"（{said}。）" if said else ""),
        f"{head.en}; as of {as_of.isoformat()}: {', '.join(part for part in en if part)}." + (f" ({told}.)" if told else ""),
    )


def grounds(case: Case, outcome: Outcome) -> Words:
    """Why the status is so: reason, gap, growth, who holds the figure. Many missing areas are counted, the sentence names them."""
    reason = reason_words(outcome.reason)
    zh, en = _tail_zh(case, outcome), _tail_en(case, outcome)
    if len(outcome.missing) > NAMED:
        count = len(outcome.missing)
        zh = [f"缺少{count}个地区的数据" if part.startswith("缺少") else part for part in zh]
        en = [f"without figures for {count} areas" if part.startswith("without figures") else part for part in en]
    return Words("，".join(part for part in (reason.zh, *zh) if part), ", ".join(part for part in (reason.en, *en) if part))


def other_reading(assumption: Words, reached: bool | None) -> Words:
    """What another reading of the words would give; `reached` is None where it has no figure for its base."""
    zh, en = assumption.zh.partition("，")[2], assumption.en.partition(": ")[2]
    if reached is None:
        return Words(f"另一种读法{zh}，没有基期数", f"by another reading {en}; it has no figure for its base")
    verdicts = ("已达到", "reached") if reached else ("未达到", "not reached")
    return Words(f"另一种读法{zh}，目标值{verdicts[0]}", f"by another reading {en}; the goal is {verdicts[1]}")


def chance_words(outcome: Outcome) -> Words:
    """The probability with the span between models and the number of figures it rests on; empty without one."""
    if outcome.probability is None:
        return Words()
    low, high = min(outcome.by_model.values()), max(outcome.by_model.values())
    count, models = outcome.points, len(outcome.by_model)
    zh, en = f"按预测达到目标的概率为{_share(outcome.probability).zh}", f"probability of reaching it {_share(outcome.probability).en}"
    if models > 1:
        sparse = f"，只有{count}个年度数，不宜只看一个数" if outcome.few else ""
        zh += f"（{models}个模型从{_share(low).zh}到{_share(high).zh}{sparse}）"
        only = f"; only {count} annual figures, do not take one number alone" if outcome.few else ""
        en += f" ({models} models, from {_share(low).en} to {_share(high).en}{only})"
    return Words(zh, en)


def _share(chance: float) -> Words:
    """A probability in whole %, without certainty where a simulation gives none."""
    if chance < 0.005:
        return Words("不到1%", "under 1%")
    return Words("99%以上", "over 99%") if chance > 0.995 else Words(f"{chance:.0%}", f"{chance:.0%}")


def _goal(case: Case, outcome: Outcome) -> Words:
    target = case.target
    number = format_number(target.value)
    if target.value_high is not None:
        number += f"—{format_number(target.value_high)}"
    if target.operator == "multiple_of_base":
        zh, en = f"达到基期的{number}倍", f"{number} times the base"
    elif target.kind == "ranking":
        zh, en = f"前{number}位", f"among the first {number}"
    else:
        signs = _SIGNS.get(target.operator, ("", ""))
        lead = {"increment": ("新增", "to add "), "growth": ("年均增长" if "年均" in target.quote else "增长", "growth a year of ")}.get(
            target.kind, ("", "")
        )
        named = target.name.endswith(("新增", "增长", "增速"))
        zh = f"{'' if named else lead[0]}{signs[0]}{number}{target.unit}"
        en = f"{lead[1]}{signs[1]}{number}{target.unit}"
    due = outcome.deadline
    when_zh = (
        "未定期限" if due is None else f"{due.year}年" if (due.month, due.day) == (12, 31) else f"{due.year}年{due.month}月{due.day}日"
    )
    when_en = "no deadline" if due is None else str(due.year) if (due.month, due.day) == (12, 31) else due.isoformat()
    where = target.geography if target.geography in {"每个区", "各区", "每区"} else ""
    return Words(f"{where}{target.name}的目标为{zh}（{when_zh}）", f"{target.name}{' (each district)' if where else ''}: {en} ({when_en})")


def _figure_zh(outcome: Outcome) -> str:
    if outcome.value is None or outcome.unit is None:
        return ""
    return f"{_period(outcome.value.period).zh}为{_number(outcome.value)}{outcome.unit.symbol}"


def _figure_en(outcome: Outcome) -> str:
    if outcome.value is None or outcome.unit is None:
        return ""
    return f"{_number(outcome.value)}{outcome.unit.symbol} in {_period(outcome.value.period).en}"


def _number(seen: Seen) -> str:
    if seen.high is None:
        return f"≥{format_number(seen.value)}"
    return f"≤{format_number(seen.value)}" if seen.low is None else format_number(seen.value)


def _period(period: Period) -> Words:
    end = period.end
    if period.measure is Measure.AT_END:
        return Words(str(period), f"{end.year} (end)" if end.month == 12 else end.isoformat())
    if period.is_year:
        return Words(str(period), str(end.year))
    return Words(str(period), f"{period.start.isoformat()} to {end.isoformat()}")


def _tail_zh(case: Case, outcome: Outcome) -> list[str]:
    symbol = outcome.unit.symbol if outcome.unit else ""
    parts = []
    if outcome.gap is not None and outcome.status is not Status.NOT_MEASURABLE:
        passed = {Status.MET: "超出", Status.ON_PACE: "已超出"}.get(outcome.status, "相差")
        parts.append(f"{passed if outcome.gap < 0 else '距目标'}{_plain(abs(outcome.gap))}{symbol}" if outcome.gap else "恰好达到")
    parts += _growth(
        outcome,
        (
            "自{start}以来年均增长{seen}%",
            "余下须年均增长{asked}%" if _ahead(outcome) else "目标要求年均增长{asked}%",
            "计划自身要求从{start}的{base}{unit}年均增长{asked}%",
        ),
        chinese=True,
    )
    if not outcome.certain:
        parts.append("在公布数的舍入误差之内")
    if _above_range(case, outcome):
        parts.append("高于目标范围的上限")
    if outcome.missing:
        parts.append(f"缺少{'、'.join(_area_names(case, outcome, chinese=True))}的数据")
    if outcome.reason.startswith("no_observation") and case.holder_zh:
        parts.append(f"数据由{case.holder_zh}掌握")
    if outcome.probability is not None:
        parts.append(chance_words(outcome).zh)
    return parts


def _tail_en(case: Case, outcome: Outcome) -> list[str]:
    symbol = outcome.unit.symbol if outcome.unit else ""
    parts = []
    if outcome.gap is not None and outcome.status is not Status.NOT_MEASURABLE:
        word = "beyond the goal" if outcome.gap < 0 else "short of the goal"
        parts.append(f"{_plain(abs(outcome.gap))}{symbol} {word}" if outcome.gap else "exactly at the goal")
    plan = "the plan itself asks for {asked}% a year from {base}{unit} in {start}"
    parts += _growth(
        outcome,
        ("{seen}% a year since {start}", f"{{asked}}% a year {'still needed' if _ahead(outcome) else 'asked for'}", plan),
        chinese=False,
    )
    if not outcome.certain:
        parts.append("within the rounding of the figure")
    if _above_range(case, outcome):
        parts.append("above the range asked for")
    if outcome.missing:
        parts.append(f"without figures for {', '.join(_area_names(case, outcome, chinese=False))}")
    if outcome.reason.startswith("no_observation") and case.holder_zh:
        parts.append(f"held by {case.holder_en or case.holder_zh}")
    if outcome.probability is not None:
        parts.append(chance_words(outcome).en)
    return parts


def _growth(outcome: Outcome, forms: tuple[str, str, str], *, chinese: bool) -> list[str]:
    """Growth seen and asked for; a linear way is told by its gap alone."""
    base, seen, asked, plan = outcome.base, *forms
    if base is None or outcome.required_growth is None or outcome.shape != "geometric":
        return []
    period = _period(base.period)
    start = period.zh if chinese else period.en
    said = f"{outcome.required_growth:.1f}"
    if base.kind == "earlier target":
        return [plan.format(start=start, base=_plain(base.value), unit=outcome.unit.symbol if outcome.unit else "", asked=said)]
    parts = [] if outcome.growth_seen is None else [seen.format(start=start, seen=f"{outcome.growth_seen:.1f}")]
    return [*parts, asked.format(asked=said)]


def _ahead(outcome: Outcome) -> bool:
    """Whether the growth asked for is that of the time left."""
    return outcome.reason in {"pace", "single_observation"}


def _above_range(case: Case, outcome: Outcome) -> bool:
    high, value, goal = case.target.value_high, outcome.value, outcome.goal
    if high is None or value is None or goal is None or not case.target.value or outcome.status not in {Status.MET, Status.ON_PACE}:
        return False
    return value.value > goal * high / case.target.value


def _area_names(case: Case, outcome: Outcome, *, chinese: bool) -> list[str]:
    names = {each.area: (each.area_zh if chinese else each.area_en or each.area_zh) or each.area for each in case.yardsticks}
    return [names.get(code, code) for code in outcome.missing]


def _plain(value: Decimal) -> str:
    return format_number(value.quantize(Decimal("0.0001")).normalize())

"""What a quantity in a document is: the city's commitment, a statistic, an enterprise's plan, a cap on support, a forecast ...

Cues are words of the clause and the sentence around it, weighed in a fixed order; the document's genre decides where no cue stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from guibiao.model.text.blocks import TextBlock
from guibiao.model.text.clauses import Wording
from guibiao.model.text.measure_words import GROUPS
from guibiao.model.text.mentions import Mention
from guibiao.policy.deadlines import GOALS, Governing

TargetClass = Literal[
    "policy_target", "implicit", "corporate", "forecast", "project_spec", "support_cap", "event_plan", "planned_scope", "enumeration",
    "retrospective",
]  # fmt: skip
Genre = Literal["plan", "report", "regulation"]

_PLAN_TITLE = re.compile(
    r"(?:行动计划|工作方案|实施方案|方案|规划|纲要|若干措施|措施|行动方案|工作要点|三年行动|实施意见|意见|任务清单)(?:》|的通知|\(|（|$)"
)
_REPORT_TITLE = re.compile(r"白皮书|报告|公报|蓝皮书|综述|解读|回顾|分析|评估")
_REGULATION_TITLE = re.compile(r"(?:法|条例|办法|规定|细则|公约|决定|规则|指引)(?:\(|（|》|$)")
_COMMITMENT = re.compile(
    r"力争|争取|确保|推动|推进|培育|引进|打造|建成|建设|新增|实现|达到|提升|提高|扩大|形成|孵化|推出|选取|遴选|集聚|开展|支持|发展|完成|突破|带动|"
    r"认定|布局|创建|构建|组织|制定|发布|降低|压减|控制|保持|促进|增加|翻|目标|预期|培训|纳入|减少|下降|落地|压缩|缩短|设立|不低于|不少于|安排"
)
_STRONG = re.compile(
    r"力争|争取|确保|目标|将(?=在|于|继续|进一步|全面|力争|再|达|建|实现|新增|超|突破|打造|培育|推|形成|完成|设立|投入|举办|陆续|增|提|降)|计划(?=在|到|用|于|新|建|实)|拟|预期(?:性|目标)|约束性|每年(?:评选|建设|培育|新增|举办|支持|安排|发布|认定)"
)
_PAST = re.compile(
    r"同比|比上年|较上年|比去年|较去年|环比|上年同期|超额|首次|位居|位列|居(?:全国|世界|全球)|占比(?:为|达到?)?$|数据显示|报告显示|统计|"
    r"(?:达到?|建成|实现|完成|增长|超过)了"
)
_PAST_BEFORE = re.compile(
    r"截至|截止|已(?!经批准)|累计(?!新增近|培育)|先后|成功|全年|了(?!解)|目前|现有|拥有|近年来|以来|当前|总体上|取得|[期间]，[^。]*(?<!力争)实现了"
)
"""Words that look back only where they stand before the quantity: 推动100家已达到标准的企业升级 is ahead."""
_FORECAST = re.compile(r"预计|预测|有望|预期将|料将|据[^，。]{0,14}(?:估算|测算|预估)")
_SUPPORT = re.compile(
    r"给予|补助|补贴|奖励|资助|贴息|奖补|资金支持|予以[^，。]{0,8}支持|(?:专项|扶持|引导|发展|产业|投资|母|补偿)(?:资金|基金)|税率|减征|加计扣除|免征|注册资本|保证金"
)
_CEILING = re.compile(r"最高|封顶|上限")
_PENALTY = re.compile(r"罚款|罚金|处[^，。]{0,12}(?:以上|以下)|违法所得|拘留|有期徒刑")
_NORM = re.compile(r"不得(?:超过|低于|少于|高于|多于|达到)|(?:每|如果|若)[^，。]{0,10}(?:增加|减少|提高|超过|偏离)[^，。]{0,14}的?[，,]")
_LOOKING_BACK = re.compile(r"截至|截止到?20|近年来|“十[二三四五]五”(?:期间|以来)|目前|当前|我国已|了(?!解)[^。]*$")
_LOOKING_BACK_PATH = re.compile(r"现状|形势|成就|回顾|背景|成效|发展基础|主要进展|存在问题")
_FROM = re.compile(r"[从由][^，。、]{0,14}$")
_TO = re.compile(r"(?:左右|以上)?(?:提高|提升|增长|增加|扩大|下降|降低|上升|减少|压减|缩短|增|升|降|拓展)?(?:到|至|为)")
_EACH = re.compile(r"(?:每|如果|若)(?:增加|减少|提高|下降|上升|超过|偏离)$")
_CORPORATE = re.compile(
    r"(?:公司|集团|企业|科技|汽车|京东|美团|小米|百度|腾讯|阿里|华为|字节跳动|快手|联通|移动|电信)[^，。；]{0,12}?(?:计划(?!》)|将(?!近)|拟|宣布|预计)"
)
_PROJECT = re.compile(
    r"总投资|投资额|占地|建筑面积|用地|产能|年产(?!值|业)|年产量|总建筑|规划面积|项目总|装机|建设规模|注资|首期|建成后可|该(?:项目|平台|园区|基地|工程)"
)
_PROJECT_SENTENCE = re.compile(r"总用地|建筑面积|总投资|启动建设[^。]{2,30}(?:平台|基地|园|中心)[，,]|商业化试点")
_SCOPE = re.compile(r"范围|扩区|示范区|先行区|承载地|开放[^，。]{0,6}(?:道路|区域)|覆盖[^，。]{0,6}平方公里")
_BUILT = re.compile(r"建设|建成|打造|铺设|新建")
_EVENT_WORDS = re.compile(r"举办|召开|举行|主办|承办")
_EVENT_UNITS = frozenset({"场", "次", "期", "届", "场次", "项"})
_ENUMERATED = re.compile(
    r"^(?:以上|左右|以下)?(?:大)?(?:方面|领域|环节|阶段|原则|层次|部分|类别|维度|要素|特点|特征|体系|重点(?:任务|方向|领域|行业)|任务|内容|问题|步骤|层面|模块|方向|"
    r"大类|中类|小类|关键|主要(?:经济体|任务|方面)|附件|统一|功能|优势|工程|专项|行动|主体|核心|能力|等级|高地|环境|基础|转变|坚持|加快|必须|必然)"
)
_ACTION_BEFORE = re.compile(
    r"(?:建设|培育|打造|新增|引进|形成|建成|设立|选取|认定|遴选|组建|创建|布局|推出|建立|支持|孵化|新建|评选|发布|不少于|至少|不低于|超过|达到|完成|选择|推动|实现|集聚|举办|召开)(?:好|了|约|近)?$"
)
_CAPITAL_UNITS = frozenset({"元", "万元", "亿元", "千万元", "百万元", "美元", "亿美元", "万美元"})
_AHEAD = re.compile(r"展望|下一步|目标|重点任务|主要任务|任务|举措|对策|建议|部署|思路|保障措施|工作安排|行动计划|路径")
_OTHERS_PLAN = re.compile(
    r"(?:》|通知|方案|计划|规划|意见)(?:[（(][^()（）]{0,24}[)）])?[^。，]{0,6}(?:提出|明确|要求|指出)|(?:公布|印发|发布|出台)[^。]{0,6}，要"
)
_NORMS = re.compile(r"应当|不得")
_DENSE = 1 / 400
"""So many norms to a character make a regulation, whatever its title."""
_OPENING = re.compile(
    r"制定(?:本|以下|如下)(?:行动计划|计划|工作方案|实施方案|方案|规划|意见|措施|纲要)|(?:现|特)?提出(?:以下|如下)[^。]{0,6}(?:意见|措施)|现就[^。]{4,60}提出"
)
_REPORTED = re.compile(r"同比|截至|数据显示|比上年")
_FEW = 2
_ARTICLE = re.compile(r"第[一二三四五六七八九十百]+条")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What classification looks at: the words, the date governing the quantity, the document's date and genre, the headings above."""

    words: Wording
    governing: Governing | None
    dated: date | None
    genre: Genre
    path: tuple[str, ...] = ()

    @property
    def deadline(self) -> date | None:
        return self.governing.deadline.day if self.governing else None

    @property
    def ahead(self) -> bool:
        """Whether a date worded as one to be reached, or handed down, lies after the document's own."""
        found = self.governing
        if found is None or (found.deadline.whole and self.genre == "report"):
            return False
        after = (
            self.dated is None or found.deadline.day > self.dated or (self.genre == "plan" and found.deadline.day.year == self.dated.year)
        )
        return after and (found.deadline.worded or found.scope == "inherited")

    @property
    def promising(self) -> bool:
        """Whether a report speaks of what shall be: under a heading of tasks or prospects, or of a plan that somebody made."""
        if _OTHERS_PLAN.search(self.words.lead):
            return True
        return any(_AHEAD.search(each) for each in self.path) and bool(_COMMITMENT.search(self.words.before))


def genre_of(blocks: tuple[TextBlock, ...]) -> Genre:
    """Plan, report or regulation: by the norms in it, then by its titles, last by its wording."""
    text = "".join(block.text for block in blocks if block.kind != "cell")[:200_000]
    if len(_NORMS.findall(text)) > max(8, len(text) * _DENSE) or len(_ARTICLE.findall(text)) > 20:
        return "regulation"
    for block in blocks[:12]:
        title = block.text[:80]
        if block.kind == "item" or len(block.text) > 80:
            continue
        if _REPORT_TITLE.search(title):
            return "report"
        if _PLAN_TITLE.search(title):
            return "plan"
        if _REGULATION_TITLE.search(title):
            return "regulation"
    promised = len(_STRONG.findall(text)) + text.count("责任单位") + text.count("负责)")
    if _OPENING.search(text[:3000]):
        return "plan"
    return "plan" if promised > max(_FEW, len(_REPORTED.findall(text))) else "report"


def classify(mention: Mention, around: Surroundings) -> tuple[TargetClass | None, float]:
    """The class of a quantity and how sure it is (0 to 1); None for what is no statement about size at all."""
    words = around.words
    if _PENALTY.search(words.sentence) or _NORM.search(words.clause) or _EACH.search(words.before):
        return None, 0.0
    enumerated = _enumerated(mention, around)
    if around.genre == "regulation":
        return ("enumeration", 0.6) if enumerated and mention.unit in GROUPS | {"类"} else (None, 0.0)
    if _supports(mention, around):
        return "support_cap", 0.85
    if enumerated:
        return "enumeration", 0.8
    if _forecast(around):
        return "forecast", 0.75
    if _is_past(mention, around):
        return "retrospective", 0.8
    special = _special(mention, around)
    return (special, 0.7) if special is not None else _promised(mention, around)


def _supports(mention: Mention, around: Surroundings) -> bool:
    words = around.words
    if mention.unit == "%":
        return bool(_SUPPORT.search(words.clause)) and not around.ahead
    return mention.unit in _CAPITAL_UNITS and bool(_SUPPORT.search(words.clause) or (_CEILING.search(words.before) and not around.ahead))


def _enumerated(mention: Mention, around: Surroundings) -> bool:
    """Whether a number counts a list or names a group."""
    words = around.words
    if mention.implied or mention.rank or mention.more:
        return False
    if mention.unit == "部门" or (mention.worded and mention.unit in GROUPS):
        return True
    if mention.worded and mention.unit in {"位", "名"} and words.before.endswith("前"):
        return True
    if mention.unit in {"个", "项", "大", "类", "种", "条"} and _ENUMERATED.match(words.after):
        return mention.worded or not (around.ahead or _STRONG.search(words.clause))
    counted = mention.unit not in {"%", "成", "倍"} and mention.unit not in _CAPITAL_UNITS
    return (
        mention.worded
        and counted
        and not _ACTION_BEFORE.search(words.before)
        and not words.before.endswith(("近", "超", "上", "约", "每年"))
    )


def _forecast(around: Surroundings) -> bool:
    """Somebody's prediction; in the goals of a plan 预计达到 is a goal."""
    if not _FORECAST.search(around.words.lead[-80:]) and not _FORECAST.search(around.words.clause):
        return False
    return not (around.genre == "plan" and around.ahead and any(GOALS.search(each) for each in around.path))


def _special(mention: Mention, around: Surroundings) -> TargetClass | None:
    words, plan = around.words, around.genre == "plan"
    if _CORPORATE.search(words.lead) and not plan and not around.promising:
        return "corporate"
    if mention.unit in _EVENT_UNITS and _EVENT_WORDS.search(words.sentence) and (plan or _STRONG.search(words.clause)):
        return "event_plan" if _EVENT_WORDS.search(words.clause) else None
    if _PROJECT.search(words.clause) or (not plan and _PROJECT_SENTENCE.search(words.lead)):
        return None if around.ahead or mention.unit == "%" else "project_spec"
    if mention.unit in {"平方公里", "公里"} and _SCOPE.search(words.clause) and not (_BUILT.search(words.before) and around.ahead):
        return "planned_scope"
    return None


def _promised(mention: Mention, around: Surroundings) -> tuple[TargetClass | None, float]:
    words = around.words
    if not around.ahead and not _STRONG.search(words.clause) and _under_the_past(around.path):
        return "retrospective", 0.6
    committed = bool(_COMMITMENT.search(words.clause) or _STRONG.search(words.sentence))
    if around.genre == "report" and not (_STRONG.search(words.lead) or _STRONG.search(words.clause) or around.ahead or around.promising):
        return (None, 0.0) if mention.implied else ("retrospective", 0.6)
    if not committed and not around.ahead:
        return ("enumeration", 0.4) if around.genre == "plan" else ("retrospective", 0.5)
    if mention.implied:
        return "implicit", 0.7
    return "policy_target", 0.9 if around.deadline is not None else 0.75


def _under_the_past(path: tuple[str, ...]) -> bool:
    return any(_LOOKING_BACK_PATH.search(each) for each in path) and not any(GOALS.search(each) for each in path)


def _is_past(mention: Mention, around: Surroundings) -> bool:
    """A statistic: of a year before the document's own, or worded as one where nothing in the clause promises."""
    dated, deadline, words = around.dated, around.deadline, around.words
    if _FROM.search(words.before) and _TO.match(words.after):
        return True
    if mention.rank and not around.ahead:
        return True
    if deadline is not None and dated is not None and around.governing is not None and not around.ahead:
        own_year = around.governing.scope in {"inline", "same_sentence"} and not around.governing.deadline.relative
        if deadline < dated.replace(month=1, day=1):
            return around.governing.scope != "inherited"
        if own_year and deadline <= dated and around.genre == "report" and not _STRONG.search(words.clause):
            return True
    if around.ahead or _STRONG.search(words.clause):
        return False
    return bool(_PAST.search(words.clause) or _PAST_BEFORE.search(words.before) or _LOOKING_BACK.search(words.lead))

"""Claims that follow from a relation: checked inside their source first, then on the figures in use.

Method sheet: docs/methods/0206-recomputed-ratios-and-changes.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from guibiao.editing.figures import Figure, Subject
from guibiao.editing.recompute import Missing, Recomputed, implied_base, mixes_bases, recompute
from guibiao.editing.specification import Recomputation, Specification, Specifications
from guibiao.editing.telling import name_of, not_derivable, shown, subject_words, tell
from guibiao.model.basis import ComparisonBasis
from guibiao.model.errors import BadRequest
from guibiao.model.finding import Finding, Severity
from guibiao.model.messages import translate as _
from guibiao.model.quantity import format_number
from guibiao.model.verdict import Verdict, judge, power_of_ten

RULES: Mapping[str, str] = {
    "share": "share_recomputed", "ratio": "ratio_recomputed", "per_capita": "per_capita_recomputed", "growth": "growth_recomputed",
    "difference": "difference_recomputed",
}  # fmt: skip
NO_PRICE = "none"
"""Physical volumes have no comparable base: their growth follows from the levels or is wrong."""
PUBLISHED = {ComparisonBasis.AS_PUBLISHED.value, ComparisonBasis.COMPARABLE.value}
_GOOD = {Verdict.OK, Verdict.ROUNDED}
SLIP = 0.02


def check_relation(subject: Subject, specifications: Specifications) -> list[Finding]:
    """Findings on every claim of an indicator that has a relation of these kinds."""
    relation = subject.indicator.relation
    if relation is None or relation.kind not in RULES:
        return []
    rule = RULES[relation.kind]
    found: list[Finding] = []
    skipped: list[tuple[Figure, str]] = []
    for claim in subject.claims():
        own = recompute(subject, claim, claim.source)
        inside = _verdict(claim, own)
        if inside is not None and inside not in _GOOD:
            found += _inside(subject, specifications, rule, claim, own, inside)
        if not claim.chosen or claim.original:
            continue
        wide = recompute(subject, claim, "")
        outside = _verdict(claim, wide)
        if outside is None and inside is None:
            reason = wide.reason if isinstance(wide, Missing) else _("单位不能换算")
            mixed = _mixed(subject, specifications, claim)
            found += mixed
            if not mixed:
                skipped.append((claim, reason))
        elif outside is not None and outside not in _GOOD and isinstance(wide, Recomputed) and _other_sources(claim, wide):
            found += _outside(subject, specifications, rule, claim, wide, inside)
    if specifications[rule].active:
        found += not_derivable(subject, rule, skipped)
    return [finding for finding in found if specifications[finding.rule].active]


def _verdict(claim: Figure, result: Recomputed | Missing) -> Verdict | None:
    if isinstance(result, Missing):
        return None
    try:
        return judge(claim.quantity, result.quantity)
    except BadRequest:
        return None


def _other_sources(claim: Figure, result: Recomputed) -> bool:
    """Whether the figures in use are not just those of the claim's own source, which were compared already."""
    return any(each.source != claim.source for each in result.operands)


def _inside(
    subject: Subject, specifications: Specifications, rule: str, claim: Figure, own: Recomputed | Missing, verdict: Verdict
) -> list[Finding]:
    """What does not follow from the claim's own source."""
    if isinstance(own, Missing):
        return []
    specification = specifications[rule]
    recomputed = shown(own.quantity, claim.quantity)
    where = subject_words(subject, claim)
    if verdict is Verdict.TRUNCATED:
        grave = specification.truncated if isinstance(specification, Recomputation) else specification.severity
        message = _("{where}印作 {claimed}，由同一来源的数重算为 {recomputed}：原文截尾而未四舍五入").format(
            where=where, claimed=claim.quantity.printed(), recomputed=recomputed
        )
        return [tell(rule, grave, claim, message, _("引用时以四舍五入的重算值为准并注明。"), recomputed=recomputed)]
    if rule == "growth_recomputed" and claim.comparison_basis in PUBLISHED and claim.price_basis != NO_PRICE:
        return _implied(subject, specifications["implied_base"], claim, own, None)
    message = _("{where}印作 {claimed}，由同一来源的数（{operands}）重算为 {recomputed}，超出印出精度允许的范围").format(
        where=where, claimed=claim.quantity.printed(), operands=_operands(subject, own), recomputed=recomputed
    )
    message += _slip(claim, own) + _base_words(claim, own)
    return [tell(rule, specification.severity, claim, message, _("核对原文该格与所用的数；确属误印的，登记更正。"), recomputed=recomputed)]


def _outside(
    subject: Subject, specifications: Specifications, rule: str, claim: Figure, wide: Recomputed, inside: Verdict | None
) -> list[Finding]:
    """What does not follow from the figures in use, which come from more than one source."""
    if rule == "growth_recomputed" and claim.comparison_basis in PUBLISHED:
        return _implied(subject, specifications["implied_base"], claim, wide, inside)
    recomputed = shown(wide.quantity, claim.quantity)
    revised = inside in _GOOD or _revised(claim, wide, specifications[rule])
    severity = Severity.INFO if revised else specifications[rule].severity
    message = _("{where}公布为 {claimed}，由现在采用的数（{operands}，跨来源）重算为 {recomputed}").format(
        where=subject_words(subject, claim), claimed=claim.quantity.printed(), operands=_operands(subject, wide), recomputed=recomputed
    )
    if inside in _GOOD:
        message += _("；与其自身来源的数相符")
    elif revised:
        message += _("；各数的核算阶段不同，差异在常见修订幅度之内")
    message += _slip(claim, wide)
    remedy = _("公布时所用的数后来可能已修订；引用时注明阶段，比较时用同一阶段的数。")
    return [tell(rule, severity, claim, message, remedy, recomputed=recomputed)]


def _revised(claim: Figure, wide: Recomputed, specification: Specification) -> bool:
    """Whether the stages differ and the difference is no larger than revisions are."""
    stages = {claim.stage, *(each.stage for each in wide.operands)}
    other = wide.quantity.to(claim.quantity.unit).value
    if len(stages) == 1 or not other or not isinstance(specification, Recomputation):
        return False
    return abs(float(claim.quantity.value / other) - 1) <= specification.revision


def _implied(subject: Subject, specification: Specification, claim: Figure, wide: Recomputed, inside: Verdict | None) -> list[Finding]:
    now, base = wide.operands
    implied = implied_base(claim, now)
    if implied is None:
        return []
    recomputed = shown(wide.quantity, claim.quantity)
    message = _("{where}公布为 {claimed}，两期公布数直接相除为 {recomputed}；公布增速隐含的基期数为 {implied}，基期公布数为 {base}").format(
        where=subject_words(subject, claim), claimed=claim.quantity.printed(), recomputed=recomputed,
        implied=f"{format_number(implied.value, now.quantity.decimals)}{now.quantity.unit.symbol}", base=base.quantity.printed(),
    )  # fmt: skip
    severity = Severity.INFO if inside in _GOOD else specification.severity
    remedy = _("公布增速按可比口径计算，基期数已调整；不要用两期公布的总量直接相除求增速。")
    return [tell("implied_base", severity, claim, message, remedy, recomputed=recomputed)]


def _mixed(subject: Subject, specifications: Specifications, claim: Figure) -> list[Finding]:
    """A claim that no single basis yields but a mixture of bases does."""
    for scope in (claim.source, ""):
        result = recompute(subject, claim, scope, any_basis=True)
        if isinstance(result, Recomputed) and (mixes_bases(result.operands) or mixes_bases((claim, *result.operands))):
            verdict = _verdict(claim, result)
            if verdict not in _GOOD:
                continue
            message = _("{where}公布为 {claimed}，只有把不同核算口径的数（{operands}）混用才能得到").format(
                where=subject_words(subject, claim), claimed=claim.quantity.printed(), operands=_operands(subject, result)
            )
            recomputed = shown(result.quantity, claim.quantity)
            remedy = _("用同一核算口径的数重算；不能重算的，不与其他时期比较。")
            return [tell("bases_mixed", specifications["bases_mixed"].severity, claim, message, remedy, recomputed=recomputed)]
    return []


def _operands(subject: Subject, result: Recomputed) -> str:
    return "、".join(
        _("{name} {value}").format(name=name_of(subject.indicators[each.indicator]), value=each.quantity.printed())
        for each in result.operands
    )


def _slip(claim: Figure, result: Recomputed) -> str:
    """Says so where claim and recomputation differ by a power of ten."""
    other = result.quantity.to(claim.quantity.unit).value
    if not other or not claim.quantity.value or (other > 0) != (claim.quantity.value > 0):
        return ""
    power = power_of_ten(float(claim.quantity.value / other), SLIP)
    return "" if power is None else _("；两者相差约 10 的 {power} 次方倍，疑为单位或小数点之误").format(power=abs(power))


def _base_words(claim: Figure, own: Recomputed) -> str:
    if claim.comparison_basis not in PUBLISHED or len(own.operands) != 2 or own.operands[0].indicator != own.operands[1].indicator:
        return ""
    implied = implied_base(claim, own.operands[0]) if claim.quantity.unit.is_ratio else None
    if implied is None:
        return ""
    now = own.operands[0]
    return _("；若按可比口径，隐含的基期数为 {implied}").format(
        implied=f"{format_number(implied.value, now.quantity.decimals)}{now.quantity.unit.symbol}"
    )

"""What the columns of `index_scores` mean, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

INDEX_CHINESE: Mapping[str, str] = {
    "index": "指数",
    "unit": "单位：地区代码",
    "name": "名称",
    "year": "年份",
    "code": "代码：总指数、领域或指标",
    "level": "层级：指标为1，总指数最大",
    "value": "指标值：评分所用、异常值处理之前的值，单位见说明",
    "score": "得分：上下限取自全部年份，各年可比",
    "rank": "位次：当年由高到低，并列取小；合成的位次只在有区间时给出",
    "rank_low": "位次区间下端：压力测试第5百分位（按说明）；指标没有",
    "rank_high": "位次区间上端",
    "runs": "次数：区间所依据的压力测试次数",
    "seed": "随机种子",
    "imputed": "填补个数：该项之下填补而非观测的数据个数",
}

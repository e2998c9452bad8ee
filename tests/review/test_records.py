"""SARIF as its schema wants it, the marked page safe and complete."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from guibiao.ingest.documents import read_document
from guibiao.review.marked import annotated_html
from guibiao.review.records import claim_record, sarif
from guibiao.review.review import review

TEXT = "一、概况<b>\n\n产值由100亿元增长到150亿元，增长55%。企业由10家增加到12家，增长20%。\n\n宽带普及率达到85万户。\n"


def log() -> dict[str, Any]:
    document = read_document(TEXT.encode(), "报告 1.txt")
    return sarif(list(review([document])), {document.name: ("稿件/报告 1.txt", document.original)}, "1.0")


def test_sarif_has_what_the_schema_requires() -> None:
    found = json.loads(json.dumps(log()))
    assert set(found) == {"$schema", "version", "runs"}
    assert found["version"] == "2.1.0"
    run = found["runs"][0]
    driver = run["tool"]["driver"]
    assert driver["name"] == "guibiao"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(rules) == len(set(rules))
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    assert len(run["results"]) == 2
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert unquote(uri) == "稿件/报告 1.txt"
        assert run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == uri


def test_sarif_regions_lead_to_the_number() -> None:
    for result in log()["runs"][0]["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert min(region["startLine"], region["startColumn"], region["endLine"], region["endColumn"]) >= 1
        words = TEXT[region["charOffset"] : region["charOffset"] + region["charLength"]]
        line = TEXT.split("\n")[region["startLine"] - 1]
        assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == words
        assert words in {"55%", "85万户"}


def test_a_record_holds_every_field() -> None:
    document = read_document(TEXT.encode(), "a.txt")
    record = claim_record(next(iter(review([document]))))
    wanted = {"where", "start", "end", "claim", "claimed", "recomputed", "low", "high", "verdict", "severity", "explanation"}
    assert wanted <= set(record)
    assert json.loads(json.dumps(record)) == record


def test_the_page_shows_the_text_its_marks_and_no_markup_of_its_own() -> None:
    document = read_document(TEXT.encode(), "a.txt")
    page = annotated_html(document, review([document]))
    assert "概况&lt;b&gt;" in page
    assert page.count("<mark ") == 3
    assert page.count('<li id="n') == 2
    assert re.findall(r'href="#(c\d+)"', page) == re.findall(r'<mark id="(c\d+)"', page)
    assert "<script" not in page
    visible = re.sub(r"<[^>]+>", "", page[page.index("<article") : page.index("</article>")])
    assert "增长55%1" in visible
    assert "没有需要核对的数" not in page


def test_a_document_without_findings_says_so() -> None:
    document = read_document("一切都好。".encode(), "a.txt")
    assert "没有需要核对的数" in annotated_html(document, [])


def test_claims_on_one_place_are_all_told() -> None:
    text = "| 地区 | 占比（%） |\n|---|---|\n| 甲 | 140 |\n| 乙 | 3 |\n| 其他 | 5 |\n| 合计 | 95 |\n"
    document = read_document(text.encode(), "a.md")
    wrong = [claim for claim in review([document]) if claim.severity != "info"]
    assert annotated_html(document, wrong).count("<li") == len(wrong)

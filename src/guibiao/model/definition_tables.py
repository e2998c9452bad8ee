"""Tables in which a release says what its figures are: indicators, breaks, frameworks, codes, sources, headline figures."""

from __future__ import annotations

from guibiao.model.tables import Column, Kind, Table


def text(name: str, doc: str) -> Column:
    """A column of text that is never missing."""
    return Column(name, Kind.TEXT, doc)


INDICATORS = Table(
    "indicators",
    (
        text("indicator", "indicator id"),
        Column("place", Kind.INTEGER, "order in which the workspace defines them"),
        text("name_zh", "name in Chinese"),
        text("name_en", "name in English"),
        text("definition_zh", "definition in Chinese"),
        text("definition_en", "definition in English"),
        text("unit", "unit symbol of its definition"),
        Column("decimals", Kind.INTEGER, "decimals printed for a computed value"),
        text("measure", "measure of its usual periods: during, to date, at end, average"),
        text("nature", "level, share, growth, index, intensity"),
        text("price_basis", "current, constant(year), chained(year), none"),
        text("comparison_basis", "as published, comparable, naive, none"),
        text("accounting_bases", "accounting basis ids, by blanks"),
        text("dimensions", "classifications that subdivide it besides area, by blanks"),
        text("additive_over", "dimensions over which parts add to the total, by blanks"),
        text("frequency", "annual, quarterly, monthly"),
        text("owner", "office that compiles it"),
        text("formula", "expression that computes it; empty for a collected indicator"),
        text("measurement", "method that computes it, MEASUREMENT.RESULT; empty without one"),
        text("relation", "what its figures claim to be of others: share, growth, difference, ...; empty for nothing"),
        text("relation_of", "indicator they are a share, growth, ... of"),
        text("gap_office", "office that holds the figure where it is not public"),
        text("gap_due", "when that office is to deliver it"),
        Column("higher_is_better", Kind.FLAG, "whether more is better; null where that is no question", nullable=True),
        text("sources_note", "remark on its sources"),
    ),
    key=("indicator",),
    owner="publish",
    readers=("serve",),
)

BREAKS = Table(
    "breaks",
    (
        text("indicator", "indicator id"),
        text("date", "from then on the indicator means something else: a year, month or day"),
        text("reason_zh", "what changed, in Chinese"),
        text("reason_en", "what changed, in English"),
        text("source", "source id"),
        text("link", "factor that brings earlier figures to the later definition; empty where there is none"),
    ),
    key=("indicator", "date", "reason_zh"),
    owner="publish",
    readers=("serve",),
)

FRAMEWORK_MEMBERS = Table(
    "framework_members",
    (
        text("framework", "framework id"),
        Column("place", Kind.INTEGER, "order of the indicator in its framework"),
        text("indicator", "indicator id"),
        text("framework_zh", "name of the framework in Chinese"),
        text("framework_en", "name of the framework in English"),
        text("dimension_zh", "first level, in Chinese; empty in a framework without levels"),
        text("dimension_en", "first level, in English"),
        text("group_zh", "second level, in Chinese"),
        text("group_en", "second level, in English"),
        Column("core", Kind.FLAG, "whether the framework's indicators are the core ones"),
    ),
    key=("framework", "indicator"),
    owner="publish",
    readers=("serve",),
)

CODES = Table(
    "codes",
    (
        text("classification", "classification id"),
        text("code", "code"),
        Column("place", Kind.INTEGER, "order in the classification"),
        text("name_zh", "name in Chinese"),
        text("name_en", "name in English"),
        text("parent", "code above, empty at the top"),
        text("level", "what the classification calls this depth"),
        text("status_zh", "remark shown with the name, in Chinese"),
        text("status_en", "remark shown with the name, in English"),
        text("valid_from", "first day of validity as stated, empty where open"),
        text("valid_to", "last day of validity as stated, empty where open"),
        Column("row", Kind.INTEGER, "row of its tile in the tile map", nullable=True),
        Column("column", Kind.INTEGER, "column of its tile in the tile map", nullable=True),
        text("note", "note"),
        text("classification_zh", "title of the classification in Chinese"),
        text("classification_en", "title of the classification in English"),
    ),
    key=("classification", "code"),
    owner="publish",
    readers=("serve",),
)

SOURCES = Table(
    "sources",
    (
        text("source", "source id"),
        text("title", "title as printed"),
        text("publisher", "who published it"),
        text("grade", "A original, B copy, C mirror, D unverified"),
        text("known_from", "when the world could know it: day, month or year"),
        text("url", "address"),
        text("terms", "terms of use"),
        text("note", "note"),
        Column("statistical", Kind.FLAG, "false for a plan or policy text, whose numbers are targets"),
    ),
    key=("source",),
    owner="publish",
    readers=("serve",),
)

HEADLINES = Table(
    "headlines",
    (
        Column("place", Kind.INTEGER, "order on the overview"),
        text("indicator", "indicator id"),
        text("area", "area code"),
        text("categories", "category key"),
        text("accounting_basis", "accounting basis id, empty for whichever there is"),
        Column("decimals", Kind.INTEGER, "most decimals shown", nullable=True),
        text("label_zh", "what the figure is called, in Chinese"),
        text("label_en", "what the figure is called, in English"),
    ),
    key=("place",),
    owner="publish",
    readers=("serve",),
)

PASSAGES = Table(
    "passages",
    (
        text("document", "policy document id"),
        Column("start", Kind.INTEGER, "first character of the words in the document's text"),
        text("kind", "target or task: what the words are"),
        text("id", "id of the target or task"),
        text("document_title", "title of the document"),
        text("source", "source id of the document; empty where it has none"),
        text("section", "heading the words stand under"),
        text("text", "the words: of a target as written, of a task its title"),
    ),
    key=("document", "start", "kind", "id"),
    owner="publish",
    readers=("serve",),
)

DEFINITIONS = (INDICATORS, BREAKS, FRAMEWORK_MEMBERS, CODES, SOURCES, HEADLINES, PASSAGES)

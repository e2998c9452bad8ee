"""tmp"""


def missing_query(plan):
    return ""

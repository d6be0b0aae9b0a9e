"""The table that `make mutation` prints."""

from __future__ import annotations

from tools.mutation import rendered, statuses

LISTED = """
    pulumi_audian.retry.x_backoff__mutmut_1: killed
    pulumi_audian.retry.xǁThrottleǁhold__mutmut_2: timeout
    pulumi_audian.retry.x_backoff__mutmut_3: survived
    pulumi_audian.retry.x_backoff__mutmut_4: not checked
    pulumi_audian.diff.x_leaves__mutmut_1: no tests
"""


def test_a_mutant_counts_where_it_was_tried() -> None:
    """What no test found, or even reached, is named; what was not tried, or ran out of time, doesn't count."""
    assert rendered(statuses(LISTED)).splitlines() == [
        "| module | found | not found | out of time | score |",
        "|---|---|---|---|---|",
        "| diff | 0 | 1 | 0 | 0.0 % |",
        "| retry | 1 | 1 | 1 | 50.0 % |",
        "| all | 1 | 2 | 1 | 33.3 % |",
        "",
        "no tests: pulumi_audian.diff.x_leaves__mutmut_1",
        "survived: pulumi_audian.retry.x_backoff__mutmut_3",
        "timeout: pulumi_audian.retry.xǁThrottleǁhold__mutmut_2",
    ]

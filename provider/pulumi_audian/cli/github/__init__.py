"""What is brought to GitHub from a run of GitHub Actions.

All of it needs `GITHUB_TOKEN`, except the job summary. Whatever goes wrong is a `GitHubError` of one line.
"""

from __future__ import annotations

from pulumi_audian.cli.github.comment import upsert_comment
from pulumi_audian.cli.github.event import Event, GitHubError
from pulumi_audian.cli.github.issue import LABEL, close_issue, upsert_issue
from pulumi_audian.cli.github.marker import Origin
from pulumi_audian.cli.github.summary import append_summary

__all__ = ["LABEL", "Event", "GitHubError", "Origin", "append_summary", "close_issue", "upsert_comment", "upsert_issue"]

"""The issues and comments as a person looks at them."""

from __future__ import annotations

from html import escape

import cmarkgfm  # type: ignore[import-untyped]
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]
from tests.github.forge import REPOSITORY, Comment, Forge, Issue

_STYLE = """
body { font: 14px/1.5 sans-serif; max-width: 980px; margin: 2em auto; padding: 0 1em }
article { border: 1px solid #d0d7de; border-radius: 6px; margin: 1em 0; padding: 0 1em 1em }
header { background: #f6f8fa; margin: 0 -1em 1em; padding: .5em 1em; border-bottom: 1px solid #d0d7de }
table { border-collapse: collapse } td, th { border: 1px solid #d0d7de; padding: .3em .8em }
code { background: #eff1f3; padding: .1em .3em } pre { background: #f6f8fa; padding: 1em; overflow: auto }
"""


def page(forge: Forge) -> str:
    """Everything in one HTML page, the Markdown rendered as GitHub's dialect, and with its source."""
    parts = [_issue(forge, issue) for issue in forge.issues.values()]
    # What is shown was written by whoever is tested: no script of it may run.
    policy = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    head = f"<meta charset=utf-8>{policy}<title>{REPOSITORY}</title><style>{_STYLE}</style>"
    return f"<!doctype html>{head}<h1>{REPOSITORY}</h1>{''.join(parts)}"


def _issue(forge: Forge, issue: Issue) -> str:
    kind = "pull request" if issue.is_pull_request else "issue"
    state = " ".join(filter(None, [issue.state, issue.state_reason, *issue.labels]))
    comments = [comment for comment in forge.comments.values() if comment.issue == issue.number]
    title = f"<h2>{escape(issue.title)} #{issue.number} <small>({kind}, {escape(state)})</small></h2>"
    return title + _text(issue.author.login, issue.body) + "".join(map(_comment, comments))


def _comment(comment: Comment) -> str:
    return _text(f"{comment.author.login if comment.author else 'ghost'}, comment {comment.id}", comment.body)


def _text(author: str, body: str) -> str:
    rendered = cmarkgfm.github_flavored_markdown_to_html(body, Options.CMARK_OPT_UNSAFE)
    source = f"<details><summary>source</summary><pre>{escape(body)}</pre></details>" if body else ""
    return f"<article><header>{escape(author)}</header>{rendered}{source}</article>"

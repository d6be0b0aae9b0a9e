"""Brings a report to GitHub, from a run of GitHub Actions. What GitHub refuses is a warning and hides no verdict."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import typer

from pulumi_audian.cli.github import (
    Event,
    GitHubError,
    Origin,
    append_summary,
    close_issue,
    upsert_comment,
    upsert_issue,
)
from pulumi_audian.cli.waiting import waiting
from pulumi_audian.report import annotations as workflow_commands
from pulumi_audian.report import markdown
from pulumi_audian.report.model import Report, headline
from pulumi_audian.report.wording import label

_CREDENTIALS = ("AUDIAN_API_TOKEN", "AUDIAN_API_KEY")
_COMMIT = re.compile("[0-9a-f]{40,64}")
_DEPENDABOT = "dependabot[bot]"
_WITHOUT_SECRETS = (
    "## Audian: no preview of this pull request\n\n"
    "GitHub gives no secrets to pull requests from forks and from Dependabot, so that no preview of live accounts can "
    "be made here. A maintainer can push the branch to this repository to get one.\n"
)


def event_of_this_run() -> Event:
    """What started this run; raises `typer.BadParameter` outside GitHub Actions and where the event is unfit."""
    try:
        event = Event.from_environment(os.environ)
    except GitHubError as error:
        raise typer.BadParameter(str(error), param_hint="--github") from None
    if event is None:
        raise typer.BadParameter("works in GitHub Actions only", param_hint="--github")
    return event


def gets_no_secrets(event: Event) -> bool:
    """Whether this is a pull request that GitHub gives no secrets to; its job summary says so then."""
    if any(map(os.environ.get, _CREDENTIALS)):
        return False
    if not event.from_fork and os.environ.get("GITHUB_ACTOR") != _DEPENDABOT:
        return False
    print("audian: no preview, because this pull request gets no secrets", file=sys.stderr)  # noqa: T201
    _tried(partial(append_summary, event, _WITHOUT_SECRETS), "writing the job summary")
    return True


def publish(report: Report, event: Event, *, comment: bool, issue: bool) -> None:
    """Annotate the lines of the code, add to the job's summary, and keep each stack's comment or issue."""
    # The runner reads its commands from both streams, and standard output may be read as the report.
    for command in workflow_commands.render(report):
        print(command, file=sys.stderr)  # noqa: T201 - for the runner
    _tried(partial(append_summary, event, markdown.render(report)), "writing the job summary")
    stacks = [replace(report, stacks=(stack,)) for stack in report.stacks]
    if comment and event.pull_request is None:
        print(f"audian: no comment: the event {event.name} is about no pull request", file=sys.stderr)  # noqa: T201
    elif comment and event.pull_request is not None:
        for stack in stacks:
            _tried(partial(_comment, event, event.pull_request, stack), "writing the comment")
    if issue:
        for stack in stacks:
            _tried(partial(_issue, event, stack), "writing the issue")


def _comment(event: Event, number: int, report: Report) -> None:
    quiet = not (report.changes or report.failed)
    source = _source(event)
    body = markdown.render(report, limit=markdown.LIMIT - len(source.encode())) + source
    upsert_comment(
        event,
        number,
        _key(report),
        body,
        former_key=_former_key(report),
        origin=_origin(event),
        only_if_present=quiet,
    )


def _origin(event: Event) -> Origin | None:
    return Origin(event.commit, event.run, event.attempt) if _COMMIT.fullmatch(event.commit) else None


def _source(event: Event) -> str:
    """What a comment is about and where it comes from: where a later run fails before its report, it tells its age."""
    # GitHub turns a commit into a link.
    commit = f"Of commit {event.commit}, from" if _COMMIT.fullmatch(event.commit) else "From"
    return f"\n{commit} [this run]({event.run_url}).\n"


def _issue(event: Event, report: Report) -> None:
    (stack,) = report.stacks
    if report.failed:
        return  # whether there is drift is not known: the failed job tells
    if report.changes:
        title = f"{label(stack)}: {headline([stack])}"
        upsert_issue(event, _key(report), title, markdown.render(report), former_key=_former_key(report))
    else:
        close_issue(event, _key(report), "Live settings agree with code again.", former_key=_former_key(report))


def _key(report: Report) -> str:
    """What tells a stack from all others that one repository may have, also of the same project and name."""
    (stack,) = report.stacks
    organization = f"{stack.organization}/" if stack.organization else ""
    return f"{report.purpose.value} {organization}{stack.project}/{stack.name} in {stack.directory or '.'}"


def _former_key(report: Report) -> str:
    """The key before it told directories and organizations apart."""
    (stack,) = report.stacks
    return f"{report.purpose.value} {stack.project}/{stack.name}"


def _tried(action: Callable[[], None], what: str) -> None:
    try:
        with waiting(what):
            action()
    except GitHubError as error:
        print(f"audian: {error}", file=sys.stderr)  # noqa: T201 - a warning to the person at the terminal

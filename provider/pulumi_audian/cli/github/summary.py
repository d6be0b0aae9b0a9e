"""The job summary: Markdown that GitHub shows on the run's page."""

from __future__ import annotations

from pulumi_audian.cli.github.event import Event, GitHubError

LIMIT = 1024 * 1024
"""GitHub drops the whole summary of a step that is larger, in bytes."""
_BETWEEN = "\n\n"
_CUT = "> [!WARNING]\n> This report was cut, because the job summary would be larger than GitHub takes.\n\n"


def append_summary(event: Event, markdown: str) -> None:
    """Add Markdown to the step's job summary, after what is there already.

    What would make the file larger than 1 MiB is left off at the end, and said first.
    """
    if event.summary is None:
        raise GitHubError("the job summary was not written: GITHUB_STEP_SUMMARY is not set; leave it to the runner")
    try:
        with event.summary.open("ab") as file:
            room = LIMIT - file.tell() - len(_BETWEEN)
            file.write((_BETWEEN if file.tell() else "").encode() + _fitting(markdown, room))
    except OSError as error:
        raise GitHubError(
            f"the job summary was not written: {event.summary}: {error.strerror}; see GITHUB_STEP_SUMMARY"
        ) from None


def _fitting(markdown: str, room: int) -> bytes:
    whole = markdown.encode()
    if len(whole) <= room:
        return whole
    start = (_CUT + markdown).encode()[: max(room, 0)]
    kept = start[: start.rfind(b"\n") + 1]
    if len(kept) <= len(_CUT):
        raise GitHubError("the job summary was not written: this step filled it; write less to GITHUB_STEP_SUMMARY")
    return kept

"""The few endpoints of GitHub's REST API that are used; whatever else is asked for is a violation."""

from __future__ import annotations

from typing import Annotated, NoReturn, TypeVar

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from tests.github.forge import REPOSITORY, Comment, Forge, Issue, Json, User
from tests.github.messages import (
    HOME,
    PREFIX,
    CommentBody,
    IssuePatch,
    IssueQuery,
    NewIssue,
    NewLabel,
    Paging,
    shown_comment,
    shown_issue,
    shown_user,
)

_LONGEST_BODY = 65_536
_LONGEST_TITLE = 256

Item = TypeVar("Item")


class GitHubAnswer(Exception):
    """An error as GitHub words it."""

    def __init__(self, status: int, message: str, *errors: Json) -> None:
        super().__init__(message)
        self.status = status
        self.content = {"message": message, **({"errors": list(errors)} if errors else {})}


def create_api() -> FastAPI:
    """The API of the forge that is kept in the application's state."""
    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix=PREFIX)
    app.add_exception_handler(GitHubAnswer, _github_answer)
    app.add_exception_handler(RequestValidationError, _unknown_input)
    return app


async def _github_answer(_: Request, error: Exception) -> Response:
    assert isinstance(error, GitHubAnswer)
    return JSONResponse(error.content, error.status)


async def _unknown_input(request: Request, error: Exception) -> Response:
    request.app.state.forge.violations.append(f"{request.method} {request.url.path}: {error}")
    return JSONResponse({"message": "The stand-in does not know this input"}, 418)


async def _forge(request: Request) -> Forge:
    forge: Forge = request.app.state.forge
    return forge


async def _user(request: Request) -> User:
    user: User = request.state.user
    return user


Known = Annotated[Forge, Depends(_forge)]
Caller = Annotated[User, Depends(_user)]
router = APIRouter()


@router.get("/user")
async def read_user(user: Caller) -> Json:
    """Who a person's token belongs to; an app's token may not ask."""
    if user.kind == "Bot":
        raise GitHubAnswer(403, "Resource not accessible by integration")
    return shown_user(user)


@router.get(HOME + "/pulls/{number}")
async def read_pull(request: Request, forge: Known, number: int) -> Json:
    """A pull request."""
    issue = _issue(forge, number)
    if not issue.is_pull_request:
        raise GitHubAnswer(404, "Not Found")
    return {**shown_issue(request, issue), "head": {"sha": forge.head}}


@router.get(HOME + "/issues/{number}/comments")
async def list_comments(
    request: Request, response: Response, forge: Known, number: int, paging: Annotated[Paging, Query()]
) -> list[Json]:
    """The comments of an issue or a pull request, the oldest first."""
    _issue(forge, number)
    found = [comment for comment in forge.comments.values() if comment.issue == number]
    return [shown_comment(request, comment) for comment in _page(request, response, found, paging)]


@router.post(HOME + "/issues/{number}/comments", status_code=201)
async def create_comment(request: Request, forge: Known, user: Caller, number: int, new: CommentBody) -> Json:
    """Comment on an issue or a pull request."""
    issue = _issue(forge, number)
    _permit(forge, issue)
    if issue.locked:
        raise GitHubAnswer(403, "Unable to create comment because issue is locked.")
    _check_length(new.body)
    return shown_comment(request, forge.comment(user, new.body, number))


@router.patch(HOME + "/issues/comments/{comment_id}")
async def edit_comment(request: Request, forge: Known, user: Caller, comment_id: int, new: CommentBody) -> Json:
    """Edit a comment."""
    comment = _comment(forge, user, comment_id)
    _check_length(new.body)
    comment.body = new.body
    return shown_comment(request, comment)


@router.delete(HOME + "/issues/comments/{comment_id}", status_code=204)
async def delete_comment(forge: Known, user: Caller, comment_id: int) -> None:
    """Delete a comment."""
    del forge.comments[_comment(forge, user, comment_id).id]


@router.get(HOME + "/issues")
async def list_issues(
    request: Request, response: Response, forge: Known, query: Annotated[IssueQuery, Query()]
) -> list[Json]:
    """Issues, pull requests among them, of a state and with all of the given labels."""
    _check_issues(forge)
    labels = set(filter(None, query.labels.split(",")))
    found = [
        issue
        for issue in sorted(forge.issues.values(), key=lambda issue: issue.number, reverse=query.direction == "desc")
        if query.state in {"all", issue.state} and labels <= set(issue.labels)
    ]
    return [shown_issue(request, issue) for issue in _page(request, response, found, query)]


@router.post(HOME + "/issues", status_code=201)
async def create_issue(request: Request, forge: Known, user: Caller, new: NewIssue) -> Json:
    """Open an issue."""
    _check_issues(forge)
    _permit(forge)
    _check_length(new.body)
    if len(new.title) > _LONGEST_TITLE:
        _refuse_length("title", _LONGEST_TITLE)
    return shown_issue(request, forge.open(user, new.title, new.body, tuple(new.labels)))


@router.patch(HOME + "/issues/{number}")
async def edit_issue(request: Request, forge: Known, number: int, patch: IssuePatch) -> Json:
    """Edit, close or reopen an issue."""
    issue = _issue(forge, number)
    _permit(forge, issue)
    _check_length(patch.body or "")
    for name, value in patch.model_dump(exclude_unset=True).items():
        setattr(issue, name, value)
    return shown_issue(request, issue)


@router.post(HOME + "/labels", status_code=201)
async def create_label(forge: Known, new: NewLabel) -> Json:
    """Make a label."""
    _permit(forge)
    if new.name in forge.labels:
        raise GitHubAnswer(422, "Validation Failed", {"resource": "Label", "code": "already_exists", "field": "name"})
    forge.labels[new.name] = new.model_dump()
    return forge.labels[new.name]


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
async def unknown(request: Request, forge: Known, path: str) -> Response:
    """Anything else: what GitHub says where it doesn't know a repository, or a violation."""
    if path.startswith("repos/") and not f"{path}/".startswith(f"repos/{REPOSITORY}/"):
        return JSONResponse({"message": "Not Found"}, 404)
    forge.violations.append(f"{request.method} {request.url.path}: an endpoint that the stand-in does not know")
    return JSONResponse({"message": "The stand-in does not know this endpoint"}, 418)


def _issue(forge: Forge, number: int) -> Issue:
    if number not in forge.issues:
        raise GitHubAnswer(404, "Not Found")
    return forge.issues[number]


def _comment(forge: Forge, user: User, comment_id: int) -> Comment:
    comment = forge.comments.get(comment_id)
    if comment is None:
        raise GitHubAnswer(404, "Not Found")
    _permit(forge, forge.issues[comment.issue])
    # GitHub would allow it with the permission to write; nobody should ever want it.
    if comment.author != user:
        forge.violations.append(f"comment {comment_id} of {comment.author} was to be changed by {user.login}")
    return comment


def _permit(forge: Forge, issue: Issue | None = None) -> None:
    needed = "pull-requests: write" if issue and issue.is_pull_request else "issues: write"
    if needed not in forge.permissions:
        raise GitHubAnswer(403, "Resource not accessible by integration")


def _check_issues(forge: Forge) -> None:
    if not forge.has_issues:
        raise GitHubAnswer(410, "Issues has been disabled in this repository.")


def _check_length(body: str) -> None:
    if len(body) > _LONGEST_BODY:
        _refuse_length("body", _LONGEST_BODY)


def _refuse_length(field: str, most: int) -> NoReturn:
    words = f"{field} is too long (maximum is {most} characters)"
    raise GitHubAnswer(422, "Validation Failed", {"resource": "Issue", "code": "custom", "message": words})


def _page(request: Request, response: Response, found: list[Item], paging: Paging) -> list[Item]:
    size = min(paging.per_page, 100)
    if paging.page * size < len(found):
        following = request.url.include_query_params(page=paging.page + 1)
        response.headers["Link"] = f'<{following}>; rel="next"'
    return found[(paging.page - 1) * size : paging.page * size]

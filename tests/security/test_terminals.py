"""No text of an API or of a stack moves a cursor, hides, or turns round what stands beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from tests.security.clients import CALLS, read
from tests.security.hostile import Received, Server, always, answer, serving

from pulumi_audian.errors import AudianError, Problem
from pulumi_audian.values import shown
from test_cli import audian
from workbench import Workbench

HARMFUL = [
    pytest.param("\x1b[2J\x1b]0;title\x07", id="escape sequences"),
    pytest.param("\x9b31m\x9d0;title\x9c", id="their one-byte forms"),
    pytest.param("\x00\x07\x08\x7f\r", id="control characters"),
    pytest.param("a\nb\x0bc\x0cd\x85e\u2028f\u2029g", id="line ends"),
    pytest.param("\u202e\u2066\u200f\u061c", id="direction"),
    pytest.param("\u200b\u200d\ufeff\u00ad\u2060\u3164\u2800", id="invisible"),
    pytest.param("\U000e0041\U000e0042", id="tags"),
]
# The engine's own --diff prints the lines of a text of several lines as they are: docs/threat-model.md tells of it.
EVERYTHING = "".join(str(parameter.values[0]) for parameter in HARMFUL).replace("\n", "")


def is_harmless(text: str) -> bool:
    """Whether a text is nothing but printable lines."""
    return all(line.isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("text", HARMFUL)
@pytest.mark.parametrize(
    "body",
    [
        lambda text: {"error": {"code": text, "message": text, "details": {"field": text, "value": text}}},
        lambda text: {"error": {"code": "x", "message": "x", "details": {"field": "x", "value": {text: [text]}}}},
        lambda text: {"error": {"code": "x", "message": "x", "details": {"field": "x", "value": [text]}}},
        lambda text: {"error": text, "message": text, "status": "error"},
        lambda text: {"data": {text: {text: {"message": text}}, "b": {"r": {"message": text}}}},
    ],
)
def test_an_error_of_the_api_is_one_harmless_line(
    server: Server, call: Callable[[str], object], text: str, body: Callable[[str], object]
) -> None:
    """Code, field, value and message of an error are shown with escapes in place of such characters."""
    server.answering = always(answer(body(text), "400 Bad Request"))
    with pytest.raises(AudianError) as caught:
        call(server.url)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("text", HARMFUL)
def test_what_carries_text_to_people_is_one_harmless_line(text: str) -> None:
    """Errors, problems of declarations, and values in notices."""
    assert str(AudianError(text)).isprintable()
    assert str(Problem(f'metadata["{text}"]', text)).isprintable()
    assert shown(text).isprintable()
    assert shown([{text: text}, text]).isprintable()


def test_what_is_shown_tells_texts_apart() -> None:
    """An escape stands for the character itself: a text that spells the escape out reads otherwise."""
    assert shown("\u202e") == r'"\u202e"'
    assert shown(r"\u202e") == r'"\\u202e"'
    assert shown("é 日本 👍 مرحبا") == '"é 日本 👍 مرحبا"'


def test_a_status_line_is_not_shown(server: Server) -> None:
    """The words beside a status code come from the server too."""
    server.answering = always(answer(b"", "500 \x1b[2JOh\u00ad no"))
    with pytest.raises(AudianError) as caught:
        read(server.url)
    assert str(caught.value).endswith("without saying why (HTTP 500); check audian:apiUrl, or run again later")


class Hostile:
    """An API with one account, which takes every change and puts the same texts where it may."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.account: dict[str, Any] = {"id": "acc_1", "status": "active", "name": text, "metadata": {"note": text}}
        self.account |= {"displayName": text, "email": text, "updatedAt": text, "address": {"street": text}}

    def answering(self, request: Received) -> Iterable[bytes]:
        """The account, after a change with what was sent in it."""
        if request.method == "PATCH":
            self.account |= json.loads(request.body)
        yield answer(self.account)

    def refusing(self, _request: Received) -> Iterable[bytes]:
        """An error full of such text."""
        details = {"field": self.text, "value": self.text}
        yield answer({"error": {"code": self.text, "message": self.text, "details": details}}, "400 Bad Request")


@pytest.fixture
def hostile(bench: Workbench) -> Iterator[tuple[Hostile, Server]]:
    """Such an API in place of the workbench's own."""
    api = Hostile(EVERYTHING)
    with serving(api.answering) as server:
        bench.config["audian:apiUrl"] = server.url
        yield api, server


def test_live_values_do_nothing_to_a_terminal(bench: Workbench, hostile: tuple[Hostile, Server]) -> None:
    """Adoption, up, drift and the reports of both show what an account holds without its effect."""
    declared = {"displayName": "Acme", "email": "a@acme.example", "metadata": {"note": "ours"}}
    bench.declare(acme={"accountId": "acc_1", "address": {"street": EVERYTHING}, **declared})
    texts = [bench.execute("preview", "--diff").stdout]
    assert "displayName: " in texts[0]
    texts += [audian(bench, "preview", "--format", form).stdout for form in ("terminal", "markdown", "json")]
    texts += [bench.execute("up", "--yes", "--diff").stdout]
    hostile[0].account |= Hostile(EVERYTHING).account
    texts += [audian(bench, "drift", "--format", form).stdout for form in ("terminal", "markdown", "json")]
    assert "displayName" in texts[-1]
    texts += [bench.execute(*command, "--diff").stdout for command in (("refresh", "--yes"), ("preview",))]
    assert [line for text in texts for line in text.split("\n") if not line.isprintable()] == []


def test_errors_do_nothing_to_a_terminal(bench: Workbench, hostile: tuple[Hostile, Server]) -> None:
    """What the API says of its refusal reaches the person, and nothing else."""
    api, server = hostile
    bench.declare(acme={"accountId": "acc_1", "displayName": "Acme"})
    server.answering = api.refusing
    preview, up = bench.preview(), bench.up("--skip-preview")
    reports = [audian(bench, "preview", "--format", form) for form in ("terminal", "markdown", "json")]
    assert preview.code != 0
    assert up.code != 0
    assert r"\x1b[2J" in preview.errors[0]
    texts = [preview.text, up.text, *(report.stdout + report.stderr for report in reports)]
    assert [line for text in texts for line in text.split("\n") if not line.isprintable()] == []

"""Reports to render: one of each kind of thing that is said, one with everything in it, one to do harm."""

from __future__ import annotations

import json
from dataclasses import replace

from pulumi_audian.records import Mark, Marked, Plain, Shown
from pulumi_audian.report.model import (
    Account,
    Action,
    Concern,
    Effect,
    Note,
    Others,
    Place,
    Problem,
    Purpose,
    Report,
    Row,
    Severity,
    Stack,
)

FILE = "stacks/Pulumi.prod.yaml"


MARKS = {
    "(none)": Mark.MISSING,
    "(known after apply)": Mark.UNKNOWN,
    "[secret]": Mark.SECRET,
    "(hidden)": Mark.HIDDEN,
    "(not known)": Mark.NOT_KNOWN,
    "(no longer declared)": Mark.UNDECLARED,
}


def row(path: str, live: str, declared: str, effect: Effect, place: Place | None = None) -> Row:
    """A row with values as messages show them."""
    return Row(path, as_read(live), as_read(declared), effect, place)


def as_read(text: str) -> Shown:
    """A value that a message shows as a text."""
    if text in MARKS:
        return Marked(MARKS[text])
    try:
        return Plain(json.loads(text, strict=False))
    except ValueError:
        return Plain(text)


def of(*accounts: Account, purpose: Purpose = Purpose.PREVIEW, failure: str | None = None) -> Report:
    """The report of one stack that declares these accounts."""
    return Report(purpose, (Stack("phone-accounts", "prod", accounts, failure=failure),))


ADOPTED = Account(
    "acme",
    "acc_1234567890",
    "Acme GmbH",
    Action.ADOPT,
    live=True,
    rows=(
        row("displayName", '"Acme"', '"Acme GmbH"', Effect.WRITE, Place(FILE, 9)),
        row("settings.timezone", '"UTC"', '"Europe/Berlin"', Effect.WRITE, Place(FILE, 11)),
        row("settings.recordingRetention", "14", "90", Effect.WRITE, Place(FILE, 12)),
        row("metadata.costCenter", "(none)", '"EU-7"', Effect.WRITE, Place(FILE, 14)),
    ),
    notes=(Note("11 other values stay untouched"),),
    place=Place(FILE, 7),
)
ADOPTED_AS_IT_IS = Account("stark", "acc_6789012345", "Stark", Action.ADOPT, live=True, place=Place(FILE, 50))
SUSPENDED = Account(
    "globex",
    "acc_2345678901",
    "Globex Corporation",
    Action.UPDATE,
    rows=(
        row("settings.smsEnabled", "true", "false", Effect.WRITE, Place(FILE, 23)),
        row("status", '"active"', '"suspended"', Effect.WRITE, Place(FILE, 21)),
    ),
    notes=(
        Note(
            "suspends the account: its phones stop working until it is active again", Severity.WARNING, Place(FILE, 21)
        ),
    ),
    place=Place(FILE, 18),
)
UPDATED = Account(
    "initech",
    "acc_3456789012",
    "Initech",
    Action.UPDATE,
    rows=(
        row("address.street", '"1 Main St"', "[secret]", Effect.WRITE, Place(FILE, 35)),
        row("email", '"it@initech.example"', "(none)", Effect.CLEAR, Place(FILE, 33)),
        row("metadata.owner", '"telecom"', "(no longer declared)", Effect.RELEASE),
        row("metadata.site", '"Austin"', "(known after apply)", Effect.WRITE, Place(FILE, 36)),
    ),
    place=Place(FILE, 29),
)
REFUSED = Account(
    "umbrella",
    "acc_4567890123",
    "",
    Action.REFUSED,
    notes=(Note("live values were not read", Severity.WARNING),),
    problems=(
        Problem(
            '"Mars/Olympus" is not an IANA time zone; did you mean "Mexico/General"?',
            "settings.timezone",
            Place(FILE, 44),
        ),
        Problem(
            'plan: the account has "pro", the program declares "basic"; have the plan changed by Audian, or remove it',
            "plan",
            Place(FILE, 42),
        ),
    ),
    place=Place(FILE, 40),
)
REFUSED_WHOLE = Account(
    "wayne",
    "acc_7890123456",
    "",
    Action.REFUSED,
    problems=(Problem("the API knows no such account; check accountId"),),
)
UNREAD = Account(
    "stark",
    "acc_6789012345",
    "",
    Action.UNREAD,
    problems=(Problem("the API answered: Invalid token (HTTP 401); check AUDIAN_API_TOKEN", "", Place(FILE, 50)),),
    place=Place(FILE, 50),
)
OVERWRITTEN = Account(
    "initrode",
    "acc_0123456789",
    "Initrode",
    Action.UPDATE,
    live=True,
    rows=(row("displayName", '"Drifted"', '"Initrode"', Effect.DRIFT, Place(FILE, 71)),),
    place=Place(FILE, 70),
)
RETAINED = Account("hooli", "acc_5678901234", "Hooli", Action.RETAIN)
RESTORED = Account(
    "tyrell",
    "acc_8901234567",
    "Tyrell",
    Action.RESTORE,
    rows=(
        row("displayName", '"Tyrell 2"', '"Tyrell"', Effect.RESTORE),
        row("status", '"suspended"', '"active"', Effect.RESTORE),
    ),
)
REPLACED = Account("cyberdyne", "acc_9012345678", "Cyberdyne", Action.REPLACE, place=Place(FILE, 60))
DRIFTED = Account(
    "acme",
    "acc_1234567890",
    "Acme GmbH",
    Action.DRIFT,
    live=True,
    rows=(
        row("settings.language", '"fr"', '"de"', Effect.DRIFT, Place(FILE, 13)),
        row("status", '"closed"', '"active"', Effect.DRIFT, Place(FILE, 10)),
    ),
    place=Place(FILE, 7),
)
GONE = Account("globex", "acc_2345678901", "Globex", Action.GONE, place=Place(FILE, 18))
OTHERS = (
    Others("create", "random:index/randomId:RandomId", 1),
    Others("update", "aws:s3/bucket:Bucket", 2),
)
RICH = Report(
    Purpose.PREVIEW,
    (
        Stack(
            "phone-accounts",
            "prod",
            (ADOPTED, SUSPENDED, UPDATED, REFUSED, RETAINED),
            unchanged=12,
            others=OTHERS,
            notes=(Note("audian:apiUrl is not the production API", Severity.WARNING, Place(FILE, 2)),),
        ),
    ),
)

HARMFUL = Report(
    Purpose.PREVIEW,
    (
        Stack(
            "@everyone",
            "a|b",
            (
                Account(
                    "`x`</code>",
                    "acc_1|2",
                    "<script>alert(1)</script> @everyone #1",
                    Action.UPDATE,
                    rows=(
                        row("metadata.`a|b`", '"`one` ``two``"', '"a | b \\\\| c"', Effect.WRITE),
                        row("metadata.html", '"</code><img src=x>"', '"&lt;b&gt; <!-- "', Effect.WRITE),
                        row(
                            "metadata.links", '"@everyone a@b.example #1 GH-1"', '"https://evil.example"', Effect.WRITE
                        ),
                        row("metadata.hidden", '"admin\u202enimda"', '"ad\u200bmin\u00a0"', Effect.WRITE),
                        row("metadata.emoji", '"👍 :tada:"', '"مرحبا"', Effect.WRITE),
                        row("metadata.command", "::error::x", "##[error]x", Effect.WRITE),
                        row("metadata.lines", "one\ntwo\r\n| three |", '"$x$ **bold** _em_ ~~no~~"', Effect.WRITE),
                        row("metadata.long", '"' + "x" * 10_000 + '"', '"' + "x" * 9_990 + 'other"', Effect.WRITE),
                    ),
                    notes=(Note("- [x](javascript:alert(1)) @org/team ![y](z)\n# heading", Severity.WARNING),),
                    place=Place("a,b:c.yaml", 1),
                ),
                Account(
                    "::error::x",
                    "",
                    "",
                    Action.REFUSED,
                    problems=(Problem("##[error] 100% @everyone\n::error::x", "a:b,c", Place("a,b:c%.yaml", 2)),),
                ),
            ),
            others=(Others("<b>", "a:b/c|d", 1),),
            failure="````\n</code></pre>@everyone\n::error::x\n ##[error]x\r\n```",
        ),
    ),
)

ADOPTED_UNREAD = Account(
    "acme",
    "acc_1234567890",
    "",
    Action.ADOPT,
    rows=(
        row("email", "(not known)", "(none)", Effect.UNREAD, Place(FILE, 12)),
        row("status", "(not known)", '"active"', Effect.UNREAD, Place(FILE, 11)),
    ),
    place=Place(FILE, 7),
)
SUSPENDED_UNREAD = replace(
    ADOPTED_UNREAD,
    name="globex",
    rows=(row("status", "(not known)", '"suspended"', Effect.UNREAD, Place(FILE, 21)),),
)
LEFT = Account(
    "soylent",
    "acc_1122334455",
    "Soylent",
    Action.LEFT,
    rows=(row("phone", '"+1-555-0177"', '"+1-555-0100"', Effect.LEFT, Place(FILE, 81)),),
    place=Place(FILE, 80),
)
HIDDEN = replace(
    UPDATED,
    rows=(
        row("email", "(hidden)", "(hidden)", Effect.WRITE, Place(FILE, 33)),
        row("metadata", "(not known)", "(not known)", Effect.UNREAD),
        row("metadata.list", '["a", 1]', '{"b": null}', Effect.WRITE),
        *LEFT.rows,
    ),
)

SAMPLES = {
    "nothing": Report(Purpose.PREVIEW, (Stack("phone-accounts", "prod", unchanged=3),)),
    "adoption": of(ADOPTED, ADOPTED_AS_IT_IS),
    "update": of(UPDATED),
    "adoption unread": of(ADOPTED_UNREAD, SUSPENDED_UNREAD),
    "left": Report(Purpose.PREVIEW, (Stack("phone-accounts", "prod", (LEFT,), unchanged=2, unseen=1),)),
    "hidden": of(HIDDEN),
    "not looked at": Report(Purpose.PREVIEW, (Stack("phone-accounts", "prod", unchanged=1, unseen=2),)),
    "overwritten": of(OVERWRITTEN),
    "status": of(SUSPENDED),
    "unwanted": replace(of(SUSPENDED, RETAINED), fail_on=frozenset({Concern.STATUS, Concern.DELETE, Concern.DRIFT})),
    "refused": of(REFUSED, REFUSED_WHOLE),
    "unread": of(UNREAD),
    "unread drift": of(UNREAD, DRIFTED, purpose=Purpose.DRIFT),
    "leaving": of(RETAINED, RESTORED),
    "replaced": of(REPLACED),
    "drift": of(DRIFTED, GONE, purpose=Purpose.DRIFT),
    "failure": of(
        UPDATED,
        failure="error: the stack is currently locked by 1 lock(s)\n  ```\n::error::x\n##[error]y\n\n\tat z\x1b[0m",
    ),
    "others": Report(Purpose.PREVIEW, (Stack("phone-accounts", "prod", others=OTHERS),)),
    "several": Report(
        Purpose.PREVIEW,
        (
            Stack("phone-accounts", "prod", (SUSPENDED,), unchanged=1),
            Stack("phone-accounts", "test", unchanged=2),
            Stack("", "dev", failure="error: no stack named 'dev' found"),
        ),
    ),
    "rich": RICH,
    "harmful": HARMFUL,
}
"""What is shown as a golden of each rendering, by its name."""

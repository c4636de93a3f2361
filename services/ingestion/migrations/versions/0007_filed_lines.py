"""Filed lines: every right row of every version, under the member in whose name it was filed; tokens of members."""

import json
import zlib
from typing import Any

from alembic import op
from sqlalchemy import Connection, text

from shared.forms import FORMS
from shared.migrations import run_script
from shared.plumbing import MEMBER_OF_CREDENTIAL

revision = "0007"
down_revision = "0006"

_SCRIPT = """
CREATE TABLE ingestion.filed_line_page (
    submission uuid NOT NULL REFERENCES ingestion.submission,
    member text NOT NULL,
    n int NOT NULL CHECK (n > 0),
    many int NOT NULL CHECK (many > 0),
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    number bigint NOT NULL,
    received_at timestamptz NOT NULL,
    stands boolean NOT NULL DEFAULT true,
    body bytea NOT NULL,
    PRIMARY KEY (submission, member, n)
);
COMMENT ON COLUMN ingestion.filed_line_page.member IS 'empty = rows of the form are about no member';
COMMENT ON COLUMN ingestion.filed_line_page.stands IS 'a member sees no version that has no line of its own';
ALTER TABLE ingestion.filed_line_page ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX filed_line_page_member ON ingestion.filed_line_page (member, period);
CREATE INDEX filed_line_page_standing ON ingestion.filed_line_page (platform, form, period) WHERE stands;
ALTER TABLE ingestion.filed_line_page ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.filed_line_page
    USING (current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) IN ('*', platform));
CREATE POLICY read_by_member ON ingestion.filed_line_page FOR SELECT
    USING (member <> '' AND current_setting('pilotage.viewer', true) = 'member/' || member);
"""
# What was accepted before was said with its lines, and what was said is kept; of cases, what was said is not.
_SAID = """
SELECT said.id, said.platform, said.form, said.period, said.version, said.number, said.received_at,
       CAST(outbox.body AS json)->'lines' AS lines,
       said.version = max(said.version) OVER (PARTITION BY said.platform, said.form, said.period) AS stands
FROM ingestion.outbox JOIN ingestion.submission AS said
  ON said.id = CAST(CAST(outbox.body AS json)->>'submission' AS uuid)
WHERE outbox.type = 'SubmissionAccepted' AND said.form NOT LIKE 'dossiers-%' ORDER BY said.number
"""
_KEEP = """
INSERT INTO ingestion.filed_line_page
    (submission, member, n, many, platform, form, period, version, number, received_at, stands, body)
VALUES (:id, :member, :n, :many, :platform, :form, :period, :version, :number, :received_at, :stands, :body)
"""
_PAGE = 1000


def _pages(form: str, lines: list[Any]) -> list[dict[str, Any]]:
    """As the room packs them at this version."""
    columns = FORMS[form].columns
    by_member: dict[str, list[list[Any]]] = {}
    for line in lines:
        by_member.setdefault(line["member"], []).append([line["line"], *(_value(line, column) for column in columns)])
    found = []
    for member, rows in by_member.items():
        for n, start in enumerate(range(0, len(rows), _PAGE), start=1):
            some = rows[start : start + _PAGE]
            content = json.dumps([[column.name for column in columns], some], separators=(",", ":"))
            found.append({"member": member, "n": n, "many": len(some), "body": zlib.compress(content.encode(), 1)})
    return found


def _value(line: Any, column: Any) -> Any:
    if column.type in ("member", "department"):
        return line[column.type]
    if column.name == "commentaire":
        return line.get("comment")
    value = line["values"].get(column.name)
    if value is None:
        return line.get("texts", {}).get(column.name)
    return value if column.type == "amount" else int(value)


def upgrade() -> None:
    run_script(_SCRIPT)
    run_script(MEMBER_OF_CREDENTIAL.format(schema="ingestion"))
    take_over(op.get_bind())


def take_over(connection: Connection) -> None:
    """The lines of what was accepted before."""
    for row in connection.execute(text(_SAID)).mappings().all():
        about = {name: row[name] for name in row if name != "lines"}
        for page in _pages(row["form"], row["lines"]):
            connection.execute(text(_KEEP), {**about, **page})

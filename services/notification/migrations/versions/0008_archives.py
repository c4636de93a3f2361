"""Every edition that was given back, by its number, so that it can be found again; the tables are aggregation's."""

from shared.migrations import run_script

revision = "0008"
down_revision = "0007"

_SCRIPT = """
CREATE TABLE notification.archived_edition (
    number text PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY,
    issued_on date NOT NULL,
    year int NOT NULL,
    quarter int CHECK (quarter BETWEEN 1 AND 4),
    form text NOT NULL,
    level text NOT NULL,
    edition int NOT NULL CHECK (edition > 0),
    complete boolean NOT NULL,
    sha256 text NOT NULL,
    title text NOT NULL,
    words text NOT NULL
);
CREATE INDEX archived_edition_newest
    ON notification.archived_edition (year DESC, quarter DESC NULLS FIRST, issued_on DESC, position);
COMMENT ON COLUMN notification.archived_edition.words IS 'what it is found by: without accents, in small letters';
"""


def upgrade() -> None:
    run_script(_SCRIPT)

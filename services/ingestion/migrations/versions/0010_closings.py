"""Which periods are closed, as compliance has said."""

from shared.migrations import run_script

revision = "0010"
down_revision = "0009"

_SCRIPT = """
CREATE TABLE ingestion.period_closing (
    platform text NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    version bigint NOT NULL,
    closed_from date,
    PRIMARY KEY (platform, form, period)
);
COMMENT ON TABLE ingestion.period_closing IS 'platform empty: all of which nothing newer is said; NULL: stays open';
ALTER TABLE ingestion.period_closing ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON ingestion.period_closing
    USING (platform = '' OR current_setting('pilotage.viewer', true) IN ('*', platform))
    WITH CHECK (current_setting('pilotage.viewer', true) = '*');
"""


def upgrade() -> None:
    run_script(_SCRIPT)

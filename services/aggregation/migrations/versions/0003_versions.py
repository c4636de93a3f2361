"""One row per version, its lines in it: folding adds rows and changes none; the newest of its key stands."""

from shared.migrations import run_script

revision = "0003"
down_revision = "0002"

# Figures are in minor units: euros in centimes. Lines are [member, line_no, department, region, m1, m2, m3, comment],
# written once by binary COPY and read whole: a row per line would cost ten times as much.
_VERSION = """
CREATE TABLE aggregation.version (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    submission uuid NOT NULL,
    received_on date NOT NULL,
    lines json NOT NULL CHECK (json_typeof(lines) = 'array'),
    PRIMARY KEY (form, period, platform, version)
);
INSERT INTO aggregation.version
SELECT form, period, platform, version, submission, received_on,
       coalesce(json_agg(json_build_array(member, line_no, department, region, m1, m2, m3, comment) ORDER BY member)
                FILTER (WHERE member IS NOT NULL), '[]')
FROM aggregation.every_version LEFT JOIN aggregation.every_line USING (form, period, platform, version)
GROUP BY form, period, platform, version, submission, received_on;
DROP VIEW aggregation.every_line, aggregation.every_version;
DROP TABLE aggregation.line, aggregation.superseded_line, aggregation.standing, aggregation.superseded;
CREATE INDEX version_received ON aggregation.version (received_on);
"""
_VIEWS = """
CREATE VIEW aggregation.standing AS
    SELECT DISTINCT ON (form, period, platform) * FROM aggregation.version
    ORDER BY form, period, platform, version DESC;
"""
# Of the versions as they all are, or as they stand.
_LINES = """
CREATE VIEW aggregation.{name} AS
    SELECT form, period, platform, version, l ->> 0 AS member, CAST(l ->> 1 AS int) AS line_no, l ->> 2 AS department,
           l ->> 3 AS region, CAST(l ->> 4 AS bigint) AS m1, CAST(l ->> 5 AS bigint) AS m2,
           CAST(l ->> 6 AS bigint) AS m3, l ->> 7 AS comment, received_on
    FROM aggregation.{source}, json_array_elements(lines) AS l;
"""


# A Plate-forme's total is that of its lines. A part is a worker's, no longer a partition's.
_TOTALS = """
DELETE FROM aggregation.group_total WHERE level = 'platform';
ALTER TABLE aggregation.group_total RENAME COLUMN partition TO part;
ALTER TABLE aggregation.group_total DROP CONSTRAINT group_total_level_check;
ALTER TABLE aggregation.group_total ADD CHECK (level IN ('region', 'national'));
"""


def upgrade() -> None:
    views = (("every_line", "version"), ("line", "standing"))
    lines = [_LINES.format(name=name, source=source) for name, source in views]
    for statements in (_VERSION, _VIEWS, *lines, _TOTALS):
        run_script(statements)

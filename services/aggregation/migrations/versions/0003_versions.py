"""One row per version, its lines as arrays: folding adds rows and changes none; the newest of its key stands."""

from shared.migrations import run_script

revision = "0003"
down_revision = "0002"

# Figures are in minor units: euros in centimes. Written by binary COPY: a row per line would cost ten times as much.
_VERSION = """
CREATE TABLE aggregation.version (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    submission uuid NOT NULL,
    received_on date NOT NULL,
    members text[] NOT NULL,
    line_nos int[] NOT NULL,
    departments text[] NOT NULL,
    regions text[] NOT NULL,
    m1 bigint[] NOT NULL CHECK (0 <= ALL (m1)),
    m2 bigint[] NOT NULL CHECK (0 <= ALL (m2)),
    m3 bigint[] NOT NULL CHECK (0 <= ALL (m3)),
    comments text[],
    PRIMARY KEY (form, period, platform, version),
    CHECK (cardinality(members) = cardinality(line_nos) AND cardinality(members) = cardinality(departments)
           AND cardinality(members) = cardinality(regions) AND cardinality(members) = cardinality(m1)
           AND cardinality(members) = cardinality(m2) AND cardinality(members) = cardinality(m3)
           AND (comments IS NULL OR cardinality(members) = cardinality(comments)))
);
INSERT INTO aggregation.version
SELECT form, period, platform, version, submission, received_on,
       coalesce(array_agg(member ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(line_no ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(department ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(region ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(m1 ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(m2 ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       coalesce(array_agg(m3 ORDER BY member) FILTER (WHERE member IS NOT NULL), '{}'),
       CASE WHEN count(comment) > 0 THEN array_agg(comment ORDER BY member) FILTER (WHERE member IS NOT NULL) END
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
CREATE VIEW aggregation.every_line AS
    SELECT form, period, platform, version, l.*
    FROM aggregation.version,
         unnest(members, line_nos, departments, regions, m1, m2, m3, comments)
         AS l (member, line_no, department, region, m1, m2, m3, comment);
CREATE VIEW aggregation.line AS
    SELECT form, period, platform, version, l.*
    FROM aggregation.standing,
         unnest(members, line_nos, departments, regions, m1, m2, m3, comments)
         AS l (member, line_no, department, region, m1, m2, m3, comment);
"""


def upgrade() -> None:
    for statements in (_VERSION, _VIEWS):
        run_script(statements)

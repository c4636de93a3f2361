"""The room's first tables."""

from shared.migrations import run_script
from shared.plumbing import plumbing_sql

revision = "0001"
down_revision = None

# Figures are in minor units: euros in centimes. Lines carry no foreign key to `standing`: both are written in one
# statement order by the one fold, and a check per line would cost a third of its speed.
_LINES = """
CREATE TABLE aggregation.standing (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    submission uuid NOT NULL,
    received_on date NOT NULL,
    PRIMARY KEY (form, period, platform)
);
CREATE INDEX standing_received ON aggregation.standing (received_on);
CREATE TABLE aggregation.superseded (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    submission uuid NOT NULL,
    received_on date NOT NULL,
    PRIMARY KEY (form, period, platform, version)
);
CREATE INDEX superseded_received ON aggregation.superseded (received_on);
CREATE TABLE aggregation.line (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    member text NOT NULL,
    version int NOT NULL CHECK (version > 0),
    line_no int NOT NULL,
    department text NOT NULL,
    region text,
    m1 bigint NOT NULL CHECK (m1 >= 0),
    m2 bigint NOT NULL CHECK (m2 >= 0),
    m3 bigint NOT NULL CHECK (m3 >= 0),
    comment text,
    PRIMARY KEY (form, period, platform, member)
);
CREATE TABLE aggregation.superseded_line (
    form text NOT NULL,
    period text NOT NULL,
    platform text NOT NULL,
    member text NOT NULL,
    version int NOT NULL,
    line_no int NOT NULL,
    department text NOT NULL,
    region text,
    m1 bigint NOT NULL CHECK (m1 >= 0),
    m2 bigint NOT NULL CHECK (m2 >= 0),
    m3 bigint NOT NULL CHECK (m3 >= 0),
    comment text,
    PRIMARY KEY (form, period, platform, version, member),
    FOREIGN KEY (form, period, platform, version) REFERENCES aggregation.superseded
);
CREATE VIEW aggregation.every_version AS
    SELECT form, period, platform, version, submission, received_on FROM aggregation.standing
    UNION ALL SELECT form, period, platform, version, submission, received_on FROM aggregation.superseded;
CREATE VIEW aggregation.every_line AS
    SELECT form, period, platform, member, version, line_no, department, region, m1, m2, m3, comment
    FROM aggregation.line
    UNION ALL SELECT form, period, platform, member, version, line_no, department, region, m1, m2, m3, comment
    FROM aggregation.superseded_line;
"""

# One part per Kafka partition, so that parallel workers do not wait for one another; summed on reading. A part can be
# negative where the topic was cut anew into partitions; a group whose lines sum to 0 has no line.
_TOTALS = """
CREATE TABLE aggregation.group_total (
    partition int NOT NULL,
    form text NOT NULL,
    period text NOT NULL,
    level text NOT NULL CHECK (level IN ('region', 'platform', 'national')),
    code text NOT NULL,
    lines int NOT NULL,
    m1 bigint NOT NULL,
    m2 bigint NOT NULL,
    m3 bigint NOT NULL,
    PRIMARY KEY (form, period, level, code, partition)
);
"""

_EDITIONS = """
CREATE TABLE aggregation.edition (
    number text PRIMARY KEY,
    form text NOT NULL,
    period text NOT NULL,
    by text NOT NULL CHECK (by IN ('member', 'region', 'platform', 'national')),
    edition int NOT NULL CHECK (edition > 0),
    issued_on date NOT NULL,
    complete boolean NOT NULL,
    sha256 text NOT NULL CHECK (length(sha256) = 64),
    document text NOT NULL,
    content text NOT NULL,
    rows int NOT NULL,
    UNIQUE (form, period, by, edition)
);
CREATE TABLE aggregation.review (day date PRIMARY KEY, registry_version int NOT NULL);
"""


def upgrade() -> None:
    run_script(plumbing_sql("aggregation"))
    for statements in (_LINES, _TOTALS, _EDITIONS):
        run_script(statements)

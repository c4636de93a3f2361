"""The tables every room has for speaking, hearing and knowing the network; made by each room's first migration."""

# The outbox keeps what was said, published or not: if Kafka is lost, what its topics held is still here.
_OUTBOX = """
CREATE TABLE {schema}.outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    body text NOT NULL,
    said_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX outbox_unpublished ON {schema}.outbox (position) WHERE published_at IS NULL;
"""

_HEARING = """
CREATE TABLE {schema}.inbox (event_id uuid PRIMARY KEY, heard_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE {schema}.heard (
    topic text NOT NULL,
    partition int NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);
CREATE TABLE {schema}.dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    cause text NOT NULL,
    detail text NOT NULL,
    buried_at timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz,
    UNIQUE (topic, partition, record_offset)
);
"""

_READINGS = """
CREATE TABLE {schema}.registry_subject (
    kind text NOT NULL,
    code text NOT NULL,
    version int NOT NULL,
    removed boolean NOT NULL,
    body jsonb NOT NULL,
    PRIMARY KEY (kind, code)
);
CREATE TABLE {schema}.credential (
    id uuid PRIMARY KEY,
    version int NOT NULL,
    token_sha256 text NOT NULL UNIQUE,
    role text NOT NULL,
    platform text NOT NULL,
    name text NOT NULL,
    revoked boolean NOT NULL
);
CREATE TABLE {schema}.day_begun (day date PRIMARY KEY, worked_at timestamptz);
CREATE TABLE {schema}.reception_closed (day date PRIMARY KEY, submissions int NOT NULL);
CREATE TABLE {schema}.reception_heard (
    day date NOT NULL,
    partition int NOT NULL,
    submissions int NOT NULL,
    PRIMARY KEY (day, partition)
);
"""

_GRANTS = """
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
"""


def plumbing_sql(schema: str) -> str:
    """The statements of a room's first migration; later changes are migrations of their own."""
    role = f"pilotage_{schema}"
    return "".join(part.format(schema=schema, role=role) for part in (_OUTBOX, _HEARING, _READINGS, _GRANTS))


# A credential of a member: a migration of each room's own.
MEMBER_OF_CREDENTIAL = "ALTER TABLE {schema}.credential ADD COLUMN member text NOT NULL DEFAULT '';\n"

# A credential of an audit firm's account: likewise.
FIRM_OF_CREDENTIAL = "ALTER TABLE {schema}.credential ADD COLUMN firm text NOT NULL DEFAULT '';\n"

# Who saw and changed what: the room may add and read, nothing else.
JOURNAL = """
CREATE TABLE {schema}.journal (
    n bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    actor text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    query text NOT NULL,
    status int NOT NULL,
    sha256 text NOT NULL
);
REVOKE UPDATE, DELETE, TRUNCATE ON {schema}.journal FROM pilotage_{schema};
"""

# Sessions whose owner has signed out: kept until they are too old to open anything.
SESSION_ENDED = """
CREATE TABLE {schema}.session_ended (session text PRIMARY KEY, ended_at timestamptz NOT NULL DEFAULT now());
GRANT SELECT, INSERT, DELETE ON {schema}.session_ended TO pilotage_{schema};
"""

# Every version of a subject is kept: an edition is made again by the registry that it was made with.
REGISTRY_HISTORY = """
ALTER TABLE {schema}.registry_subject RENAME TO registry_history;
ALTER TABLE {schema}.registry_history DROP CONSTRAINT registry_subject_pkey;
ALTER TABLE {schema}.registry_history ADD PRIMARY KEY (kind, code, version);
CREATE VIEW {schema}.registry_subject AS
    SELECT DISTINCT ON (kind, code) kind, code, version, removed, body FROM {schema}.registry_history
    ORDER BY kind, code, version DESC;
"""

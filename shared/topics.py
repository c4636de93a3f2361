"""The one catalogue of topics: key, partitions, retention, writer and readers of each."""

from dataclasses import dataclass

FOREVER = -1
_DAY = 24 * 3600 * 1000

ROOMS = ("ingestion", "aggregation", "qualitative", "compliance", "notification")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic. Records of one key keep their order; topics are not ordered among themselves."""

    name: str
    key: str
    writer: str
    readers: tuple[str, ...]
    partitions: int = 1
    retention_ms: int = FOREVER
    compacted: bool = False
    max_message_bytes: int = 2**24

    @property
    def config(self) -> dict[str, str]:
        always = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
        }
        # Kafka deletes whole segments, by their newest record: a week's segment would keep its first for two.
        return always if self.retention_ms == FOREVER else {**always, "segment.ms": str(_DAY)}


SUBMISSIONS = Topic(
    "submissions",
    key="platform/form/period",
    writer="ingestion",
    readers=("aggregation", "qualitative", "compliance", "notification"),
    partitions=12,
)
CASES = Topic(
    "cases",
    key="platform/form/period",
    writer="ingestion",
    readers=("qualitative",),
    partitions=12,
    retention_ms=7 * _DAY,
)
REGISTRY = Topic(
    "registry",
    key="kind/code of the subject",
    writer="compliance",
    readers=("ingestion", "aggregation", "qualitative", "notification"),
    compacted=True,
)
CALENDAR = Topic(
    "calendar",
    key="day",
    writer="compliance",
    readers=("ingestion", "aggregation", "qualitative", "notification"),
)
DEADLINES = Topic(
    "deadlines",
    key="platform, platform/form/period, or the day",
    writer="compliance",
    readers=("ingestion", "aggregation", "notification"),
)
RESTITUTIONS = Topic(
    "restitutions",
    key="issue day",
    writer="aggregation",
    readers=("ingestion", "notification"),
)
AUDITS = Topic(
    "audits",
    key="audit, or action",
    writer="compliance",
    readers=("notification",),
)
MESSAGES = Topic(
    "messages",
    key="message",
    writer="notification",
    readers=(),
    retention_ms=400 * _DAY,
)

PUBLIC_TOPICS = (SUBMISSIONS, CASES, REGISTRY, CALENDAR, DEADLINES, RESTITUTIONS, AUDITS, MESSAGES)
DEAD_LETTERS = {
    room: Topic(f"{room}-dlq", key="number of the letter at its room", writer=room, readers=()) for room in ROOMS
}
TOPICS = {topic.name: topic for topic in (*PUBLIC_TOPICS, *DEAD_LETTERS.values())}


def heard_by(room: str) -> list[Topic]:
    return [topic for topic in PUBLIC_TOPICS if room in topic.readers]

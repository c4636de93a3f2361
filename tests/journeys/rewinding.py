"""Makes every room hear everything again: its group's offsets are set back to the beginning."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.embedded.supervisor import Child
from services.cli.machine import PROJECT, Machine
from shared.topics import ROOMS, heard_by

# The module that starts a worker, and what comes before the room.
RIGHT_BUILD = ("services.cli.main", "work")
FORGETFUL_BUILD = ("tests.journeys.forgetful",)


async def hear_again_from_the_start(machine: Machine, build: Sequence[str] = RIGHT_BUILD) -> None:
    """Stops the workers, rewinds them, and starts them again, of this build."""
    await machine.supervisor.end(*(f"work-{room}" for room in ROOMS))
    for room in ROOMS:
        async with _group(machine, room) as (consumer, places):
            await consumer.commit(dict.fromkeys(places, 0))
    for room in ROOMS:
        argv = (sys.executable, "-m", *build, room)
        machine.supervisor.add(Child(f"work-{room}", argv, env=machine.env, stage=11, cwd=PROJECT))
    await machine.supervisor.start()


async def everything_was_heard_again(machine: Machine, within: float = 240) -> None:
    """Waits for the groups' offsets: what each room notes of its progress does not go back with them."""
    async with asyncio.timeout(within):
        for room in ROOMS:
            async with _group(machine, room) as (consumer, places):
                ends = await consumer.end_offsets(places)
                while any([(await consumer.committed(place) or 0) < ends[place] for place in places]):
                    await asyncio.sleep(0.2)


@asynccontextmanager
async def _group(machine: Machine, room: str) -> AsyncIterator[tuple[AIOKafkaConsumer, list[TopicPartition]]]:
    """A consumer that stands in for the room's group without joining it."""
    prefix = machine.env.get("PILOTAGE_KAFKA__PREFIX", "")
    places = [TopicPartition(prefix + topic.name, n) for topic in heard_by(room) for n in range(topic.partitions)]
    servers = machine.infra.bootstrap_servers
    async with AIOKafkaConsumer(
        bootstrap_servers=servers, group_id=prefix + room, enable_auto_commit=False
    ) as consumer:
        consumer.assign(places)
        yield consumer, places

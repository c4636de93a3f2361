"""Makes every room hear everything again: its group's offsets are set back to the beginning."""

import sys

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.embedded.supervisor import Child
from services.cli.machine import PROJECT, Machine
from shared.topics import ROOMS, heard_by


async def hear_again_from_the_start(machine: Machine, **more_env: str) -> None:
    """Stops the workers, rewinds them, and starts them again with `more_env` in their environment."""
    await machine.supervisor.end(*(f"work-{room}" for room in ROOMS))
    for room in ROOMS:
        await _rewind(machine.infra.bootstrap_servers, room)
    for room in ROOMS:
        argv = (sys.executable, "-m", "services.cli.main", "work", room)
        machine.supervisor.add(Child(f"work-{room}", argv, env={**machine.env, **more_env}, stage=11, cwd=PROJECT))
    await machine.supervisor.start()


async def _rewind(bootstrap_servers: str, room: str) -> None:
    places = [TopicPartition(topic.name, n) for topic in heard_by(room) for n in range(topic.partitions)]
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=room, enable_auto_commit=False
    ) as consumer:
        consumer.assign(places)
        await consumer.commit(dict.fromkeys(places, 0))

"""The golden network replayed by the very command that a newcomer runs, into a fresh house."""

import os
import sys
import tempfile
import time

from deploy.embedded import jars
from deploy.embedded.processes import PROJECT, ToolFailed, run_tied
from services.cli.screens import step
from tests.bench.results import Part, aim_at_most
from tests.bench.sizes import Sizes

NETWORK = PROJECT / "tests" / "golden" / "network-2005"
AIM_SECONDS = 180
COMMAND = (sys.executable, "-m", "services.cli.main", "demo", str(NETWORK), "--once")
METHOD = """\
`pilotage demo tests/golden/network-2005 --once`, one run, with the environment installed and Kafka's jars in
their cache: from the start of the process to its end, so booting Kafka and PostgreSQL, the migrations, two
years day by day, the recomputation, the comparison with what is expected, and stopping everything are in it. It
counts only if the command ends with 0: everything came out as expected."""


async def measure_replay(_: Sizes) -> Part:
    part = Part("The golden replay", METHOD)
    await jars.ensure(jars.cache_folder(), step)
    step("Réseau de référence, deux années")
    with tempfile.TemporaryDirectory(prefix="pilotage-bench-") as folder:
        began = time.monotonic()
        try:
            await run_tied(COMMAND, env={**os.environ, "TMPDIR": folder}, cwd=PROJECT)
        except ToolFailed as error:
            part.faults = [str(error).replace("\n", " · ")]
        part.figures = [aim_at_most("wall clock", time.monotonic() - began, AIM_SECONDS, "s")]
    return part

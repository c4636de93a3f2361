"""From the POST of a correction to its being in the committed totals, at a steady rate."""

import asyncio
from contextlib import suppress
from dataclasses import asdict

from services.cli.check import find_differences, find_faults
from services.cli.screens import step
from tests.bench.network import Reported, reported_quarter
from tests.bench.open_loop import Post, Watch, send_openly
from tests.bench.results import Figure, Part, aim_at_most, percentile, spread
from tests.bench.sizes import Sizes

AIM_MS = 500
METHOD = """\
A whole house (simulation on) with an invented network of {platforms} platforms and {members} members that has
reported one quarter. Then corrections, {rate} a second for {seconds} s after a warm-up of {warm_up_seconds} s,
each a CSV with one line per member ({lines} lines) and new figures, sent with the platform's token through
`POST /api/v1/submissions`. The loop is open: each is sent at its moment, whatever has become of the earlier
ones, and its clock runs from that moment. "Visible" is when PostgreSQL shows the new version's totals as
committed in aggregation, looked at every {look:.0f} ms or so, which the figures include. Mails (a receipt for
each submission) go out meanwhile. At the end all totals are recomputed from the kept files by independent code."""


async def measure_visible(sizes: Sizes) -> Part:
    async with reported_quarter(sizes) as house:
        watch = Watch(house)
        await watch.look()
        looking = asyncio.create_task(watch.run())
        try:
            step(f"{sizes.rate} corrections par seconde pendant {sizes.warm_up_seconds} + {sizes.seconds} s")
            posts = await send_openly(house, sizes.rate, sizes.warm_up_seconds + sizes.seconds)
            await watch.wait_for([post for post in posts if post.status == 201])
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
        await house.client.come_to_rest()
        measured = posts[sizes.rate * sizes.warm_up_seconds :]
        part = Part("From a POST to the visible total", _method(house, sizes, watch, posts))
        part.figures, part.faults = _figures(measured, watch, sizes), await _faults(house, watch, posts)
        return part


def _method(house: Reported, sizes: Sizes, watch: Watch, posts: list[Post]) -> str:
    lines = [len(house.members(about)) for about in house.owed]
    took = posts[-1].answered - posts[0].due
    return METHOD.format(**asdict(sizes), lines=f"{min(lines)}–{max(lines)}", look=1000 * took / max(1, watch.looks))


def _figures(posts: list[Post], watch: Watch, sizes: Sizes) -> list[Figure]:
    accepted = [post for post in posts if post.status == 201]
    visible = [watch.seen[post.about, post.version] - post.due for post in accepted if watch.has_seen(post)]
    if not visible:
        return []
    late = max(post.sent - post.due for post in posts)
    pace = (len(posts) - 1) / (posts[-1].sent - posts[0].sent)
    return [
        Figure("sent, accepted, visible", f"{len(posts)}, {len(accepted)}, {len(visible)}"),
        Figure("rate sent", f"{pace:.1f} a second", f"{sizes.rate} a second", pace > 0.99 * sizes.rate),
        Figure("sent after its moment, the worst", f"{1000 * late:.0f} ms"),
        Figure("POST → visible: p50 / p99 / longest", spread(visible)),
        aim_at_most("POST → visible, p99", 1000 * percentile(visible, 0.99), AIM_MS, "ms"),
        Figure("POST → its own answer: p50 / p99 / longest", spread([post.answered - post.due for post in accepted])),
        Figure("last visible after the last was due", f"{1000 * _tail(accepted, watch):.0f} ms"),
    ]


def _tail(accepted: list[Post], watch: Watch) -> float:
    return max(watch.seen[post.about, post.version] for post in accepted if watch.has_seen(post)) - accepted[-1].due


async def _faults(house: Reported, watch: Watch, posts: list[Post]) -> list[str]:
    refused = [post.status for post in posts if post.status != 201]
    unseen = [post for post in posts if post.status == 201 and not watch.has_seen(post)]
    cells, differences = await find_differences(house.client)
    step(f"{cells} totaux recalculés, {len(differences)} différence(s)")
    found = await find_faults(house.client)
    found += [f"{len(refused)} POST not answered by 201: {sorted(set(refused))}"] if refused else []
    found += [f"{len(unseen)} corrections never seen in the totals"] if unseen else []
    found += [f"{len(differences)} totals differ from their recomputation"] if differences or not cells else []
    return found

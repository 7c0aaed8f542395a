"""Draw one chart: JSON comes in, a PNG goes out. See `bot.charts.draw`."""

import json
import sys

from bot import apart

apart.confine(seconds=20, megabytes=1024)

from bot.charts.drawing import Chart, drawn  # noqa: E402 - nothing large is loaded before the limits stand

given = json.load(sys.stdin.buffer)
chart = Chart(given["title"], tuple((label, value, marked) for label, value, marked in given["bars"]), given["language"])
sys.stdout.buffer.write(drawn(chart))

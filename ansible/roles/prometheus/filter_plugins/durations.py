"""Durations as Prometheus writes them: 7d, 1d12h, 30m."""
import re

SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


def duration_seconds(text):
    """How long it is; 0 for what is no duration, so that a comparison refuses it."""
    text = str(text)
    parts = re.findall(r"(\d+)(ms|[smhdwy])", text)
    return sum(int(number) * SECONDS[unit] for number, unit in parts) if "".join(map("".join, parts)) == text else 0


class FilterModule:
    def filters(self):
        return {"duration_seconds": duration_seconds}

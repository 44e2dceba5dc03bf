"""Every benchmark, one after the other: ``python -m benchmarks``. Keep the machine quiet meanwhile."""

import subprocess
import sys
from pathlib import Path

ALL = (
    "first_picture",
    "control",
    "memory",
    "million_answers",
    "demo_events",
    "order_lines",
    "large_files",
    "ledger",
    "funnel",
    "purchases",
    "value",
    "personas",
    "together",
    "panels",
    "servqual",
    "contacts",
    "staffing",
)

for name in ALL:
    print(f"\n## {name}", flush=True)
    subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)

"""Prints the milliseconds of the import and the resident KiB: `bare`, `imported`, or `called` so many times."""

import os
import sys
from time import perf_counter

what = sys.argv[1]
begun = perf_counter()
if what != "bare":
    import quhao
ms = (perf_counter() - begun) * 1e3

if what == "called":
    import json

    with open(os.environ["QUHAO_BENCH"], encoding="utf-8") as file:
        setup = json.load(file)
    login = setup["login"]
    client = quhao.Client(login["provider"], **login["options"], base_url=setup["origins"]["http"])
    for _ in range(int(sys.argv[2])):
        assert client.fetch_number(login["params"]).number == login["expected"]

with open("/proc/self/status") as file:
    kib = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
print(f'{{"ms": {ms}, "kib": {kib}}}')

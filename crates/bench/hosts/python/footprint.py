"""What a fresh interpreter needs: bare, with the package, and after a thousand calls. Prints milliseconds and KiB."""

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

    with open(os.environ["QUHAO_BENCH_FIXTURES"], encoding="utf-8") as file:
        login = next(each for each in json.load(file) if each["name"] == "shanyan-v1")
    client = quhao.Client(login["provider"], **login["options"], base_url=os.environ["QUHAO_BENCH_HTTP"])
    for _ in range(int(sys.argv[2])):
        assert client.fetch_number(login["params"]).number == login["expected"]

with open("/proc/self/status") as file:
    kib = next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
print(f'{{"ms": {ms}, "kib": {kib}}}')

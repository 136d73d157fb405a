"""Writes `data/shanyan`: `python3 oracle/shanyan.py`."""

import shanyan_broken
import shanyan_decrypt
import shanyan_inspect
import shanyan_options
import shanyan_prepare
import shanyan_read
import shanyan_v2
from cases import write_all

TOPICS = (
    shanyan_broken,
    shanyan_decrypt,
    shanyan_inspect,
    shanyan_options,
    shanyan_prepare,
    shanyan_read,
    *shanyan_v2.TOPICS,
)

if __name__ == "__main__":
    write_all(TOPICS)

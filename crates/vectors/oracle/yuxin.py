"""Writes `data/yuxin`: `python3 oracle/yuxin.py`."""

import yuxin_read
import yuxin_send
from cases import write_all

TOPICS = (yuxin_read, yuxin_send)

if __name__ == "__main__":
    write_all(TOPICS)

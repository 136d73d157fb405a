"""Writes `data/yuxin`: `python3 oracle/yuxin.py`."""

import yuxin_read
import yuxin_send

if __name__ == "__main__":
    for topic in (yuxin_read, yuxin_send):
        for vectors in topic.files():
            vectors.write()

"""Writes `data/shanyan`: `python3 oracle/shanyan.py`."""

import shanyan_open
import shanyan_send

if __name__ == "__main__":
    for vectors in shanyan_open.files() + shanyan_send.files():
        vectors.write()

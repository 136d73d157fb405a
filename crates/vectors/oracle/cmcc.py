"""Writes `data/cmcc`: `python3 oracle/cmcc.py`."""

import cmcc_decrypt
import cmcc_prepare
import cmcc_read
import cmcc_sign

if __name__ == "__main__":
    for topic in (cmcc_decrypt, cmcc_prepare, cmcc_read, cmcc_sign):
        for vectors in topic.files():
            vectors.write()

"""Writes `data/cmcc`: `python3 oracle/cmcc.py`."""

import cmcc_decrypt
import cmcc_prepare
import cmcc_read
import cmcc_rsa
import cmcc_sign
from cases import write_all

TOPICS = (cmcc_decrypt, cmcc_prepare, cmcc_read, cmcc_rsa, cmcc_sign)

if __name__ == "__main__":
    write_all(TOPICS)

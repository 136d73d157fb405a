"""The topics of V2 and of several apps; `shanyan.py` writes them."""

import apps
import shanyan_v2_decrypt
import shanyan_v2_inspect
import shanyan_v2_read
import shanyan_v2_send

TOPICS = (shanyan_v2_send, shanyan_v2_decrypt, shanyan_v2_read, shanyan_v2_inspect, apps)

"""One login at the sandbox, as a release is tried before it is published."""

import quhao

sandbox = quhao.Sandbox()
client = quhao.Client("shanyan", **sandbox.options("shanyan"))
fetched = client.fetch_number(sandbox.phone("13800138000", "cmcc").params("shanyan", "fetch_number"))
if fetched.number != "13800138000":
    raise SystemExit("expected the number of the phone")
print("logged in")

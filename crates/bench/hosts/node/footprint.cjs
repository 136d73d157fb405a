// Prints the milliseconds of `require` and the resident KiB: `bare`, `required`, or `called` a thousand times.
'use strict'

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const load = createRequire(path.join(__dirname, '../../../../bindings/node/package.json'))
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])

async function main(what) {
  // Before all else: Node loads its clock at the first reading, and that is not the package's time.
  const begun = performance.now()
  if (what === 'bare') return { kib: resident() }
  const { Client } = load('quhao')
  const ms = performance.now() - begun
  if (what === 'called') {
    const { check, origins, login } = JSON.parse(readFileSync(process.env.QUHAO_BENCH, 'utf8'))
    const { app_id: appId, app_key: appKey } = login.options
    const client = new Client(login.provider, { appId, appKey, baseUrl: origins.http })
    for (let n = 0; n < (check ? 20 : 1000); n += 1) await client.fetchNumber(login.params)
  }
  return { ms, kib: resident() }
}

main(process.argv[2]).then((found) => console.log(JSON.stringify(found)))

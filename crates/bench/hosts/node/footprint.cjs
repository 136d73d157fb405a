// Tells how long `require` took and how much memory is resident: `bare`, `required` or `called` a thousand times.
'use strict'

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const load = createRequire(path.join(__dirname, '../../../../bindings/node/package.json'))
const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])

async function main(what) {
  // Before all else, since Node loads its clock when it is first read, and that is not the package's.
  const begun = performance.now()
  if (what === 'bare') return { kib: resident() }
  const { Client } = load('quhao')
  const ms = performance.now() - begun
  if (what === 'called') {
    const { QUHAO_BENCH_HTTP: baseUrl, QUHAO_BENCH_FIXTURES: fixtures } = process.env
    const { options, params } = JSON.parse(readFileSync(fixtures, 'utf8')).find(({ name }) => name === 'shanyan-v1')
    const client = new Client('shanyan', { appId: options.app_id, appKey: options.app_key, baseUrl })
    for (let n = 0; n < 1000; n += 1) await client.fetchNumber(params)
  }
  return { ms, kib: resident() }
}

main(process.argv[2]).then((told) => console.log(JSON.stringify(told)))

// Node's rows, a line of JSON for each measure; ../../README.md has the contract.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bodyOf, decrypted, fetchNumber, posts } from './handwritten.mjs'

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const { Client } = createRequire(new URL('../../../../bindings/node/package.json', import.meta.url))('quhao')
const { check, origins, login, lanes } = read(process.env.QUHAO_BENCH)
const { provider, options, params, expected, ciphertext, path } = login
const ROUNDS = check ? 1 : 11

const client = (origin) => {
  const { app_id: appId, app_key: appKey, channel } = options
  return new Client(provider, { appId, appKey, channel, baseUrl: origins[origin], timeoutMs: 60_000 })
}

const print = (line) => console.log(JSON.stringify(line))
const tell = (row, part, peer, ours, theirs) => print({ row, part, peer, ours, theirs })

const same = (got, wanted) => {
  if (got !== wanted) throw new Error(`expected ${wanted}, got ${got}`)
}

async function cores(which) {
  print({ cores: which })
  await setTimeout(100)
}

/** Both sides in turns, after a round to warm up. */
async function rounds(ours, theirs) {
  const taken = [[], []]
  for (let round = 0; round <= ROUNDS; round += 1) {
    const both = [await ours(), await theirs()]
    if (round > 0) both.forEach((took, side) => taken[side].push(took))
  }
  return taken
}

/** So many calls of each phone, all phones at the same time: microseconds of wall and processor time. */
async function flight(phones, calls, call) {
  const lane = async (phone) => {
    for (let n = 0; n < calls; n += 1) same(await call(phone), expected)
  }
  const [begun, before] = [performance.now(), process.cpuUsage()]
  await Promise.all(phones.map(lane))
  const { user, system } = process.cpuUsage(before)
  return { wall: (performance.now() - begun) * 1000, processor: user + system }
}

async function flights(origin, peer, phones, calls) {
  const quhao = client(origin)
  const ours = async (phone) => (await quhao.fetchNumber(phone)).number
  const theirs = (phone) => fetchNumber(posts[peer], origins[origin] + path, phone, options)
  return rounds(() => flight(phones, calls, ours), () => flight(phones, calls, theirs))
}

/** One of the two times of each round, of so many microseconds each. */
const tellFlights = (row, part, peer, taken, time, unit) =>
  tell(row, part, peer, ...taken.map((side) => side.map((took) => took[time] / unit)))

async function callRows() {
  const calls = check ? 3 : 300
  for (const peer of ['undici', 'fetch']) {
    tellFlights('Node call, one core', '', peer, await flights('http', peer, [params], calls), 'wall', calls)
  }
}

async function flightRows() {
  const many = check ? 1 : 20
  tellFlights('Node, 100 in flight', '', 'undici', await flights('http', 'undici', lanes, many), 'wall', many * 100)
  const calls = check ? 1 : 10
  const wall = 'wall time of a login, gateway of 50 ms'
  tellFlights(wall, 'Node, a call', 'undici', await flights('slow', 'undici', lanes.slice(0, 1), calls), 'wall', calls * 1000)
  const taken = await flights('slow', 'undici', lanes, calls)
  tellFlights(wall, 'Node, 100 in flight', 'undici', taken, 'wall', calls * 1000)
  const row = 'processor time of a login, gateway of 50 ms, 100 in flight'
  tellFlights(row, 'Node', 'undici', taken, 'processor', calls * 100)
}

async function cryptoRow() {
  const [quhao, times] = [client('http'), check ? 50 : 5000]
  const fields = (body) => JSON.stringify([...new URLSearchParams(body)].sort())
  same(fields(bodyOf(params, options)), fields(login.body))
  same(fields(quhao.prepareFetchNumber(params).body), fields(login.body))
  const mean = (run) => () => {
    const begun = performance.now()
    for (let n = 0; n < times; n += 1) same(run(), expected)
    return ((performance.now() - begun) * 1000) / times
  }
  const ours = mean(() => quhao.prepareFetchNumber(params).body && quhao.decryptNumber(ciphertext))
  const theirs = mean(() => bodyOf(params, options) && decrypted(options.app_key, ciphertext))
  tell('sign a login and open its number, no I/O', 'Node', 'node:crypto', ...(await rounds(ours, theirs)))
}

function footprintRows() {
  const program = fileURLToPath(new URL('footprint.cjs', import.meta.url))
  const measured = (what) => JSON.parse(execFileSync(process.execPath, [...process.execArgv, program, what], { encoding: 'utf8' }))
  const each = (sample) => Array.from({ length: ROUNDS }, sample)
  measured('called')
  tell('import, require, load', 'Node', '', each(() => measured('required').ms), [])
  tell('memory after 1,000 calls', 'Node', '', each(() => measured('called').kib - measured('bare').kib), [])
}

const undici = read(new URL('node_modules/undici/package.json', import.meta.url)).version
print({ versions: `Node ${process.versions.node}, undici ${undici}` })
await cores('one')
await callRows()
await cores('all')
await flightRows()
await cryptoRow()
footprintRows()
process.exit(0)

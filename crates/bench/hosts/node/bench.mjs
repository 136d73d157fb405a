// Node's rows, a line of JSON each; what is asked of this program is in ../../README.md.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chinaMobile, fetchNumber, openDes, posts, shanyanV2 } from './handwritten.mjs'

const manifest = new URL('../../../../bindings/node/package.json', import.meta.url)
const { Client, version } = createRequire(manifest)('quhao')

const { QUHAO_BENCH_HTTP: origin, QUHAO_BENCH_FIXTURES: fixtures, QUHAO_BENCH_SCALE: scale = 'full' } = process.env
const FULL = scale === 'full'
const ROUNDS = FULL ? 15 : 2

/** Read anew for each row: the phone's signatures are good for three minutes. */
const fixture = (name) => JSON.parse(readFileSync(fixtures, 'utf8')).find((it) => it.name === name)

const client = ({ provider, options }) => {
  const inCamel = Object.entries(options).map(([name, value]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value])
  return new Client(provider, { ...Object.fromEntries(inCamel), baseUrl: origin })
}

const tell = (row) => console.log(JSON.stringify(row))
const packageVersion = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version

function same(got, expected) {
  if (got !== expected) throw new Error(`expected ${expected}, got ${got}`)
}

/** Measures in turns, after each side has warmed up. */
async function compare(name, otherName, unit, ours, other) {
  const row = { name, other_name: otherName, unit, ours: [], other: [] }
  for (let round = -1; round < ROUNDS; round += 1) {
    const [mine, theirs] = [await ours(), await other()]
    if (round < 0) continue
    row.ours.push(mine)
    row.other.push(theirs)
  }
  tell(row)
}

/** Mean microseconds of calls one after the other. */
async function oneByOne(calls, ask, expected) {
  const begun = performance.now()
  for (let n = 0; n < calls; n += 1) same(await ask(), expected)
  return ((performance.now() - begun) * 1000) / calls
}

/** Calls a second with so many in flight at any time, each with a token of its own. */
async function inFlight(lanes, calls, ask) {
  const begun = performance.now()
  let left = calls
  const lane = async (params) => {
    while ((left -= 1) >= 0) await ask(params)
  }
  await Promise.all(lanes.map(lane))
  return calls / ((performance.now() - begun) / 1000)
}

/** Mean microseconds of what does no I/O. */
function synchronous(times, run) {
  const begun = performance.now()
  for (let n = 0; n < times; n += 1) run()
  return ((performance.now() - begun) * 1000) / times
}

async function callRows() {
  for (const [post, send] of Object.entries(posts)) {
    const login = fixture('shanyan-v1')
    const [quhao, calls] = [client(login), FULL ? 300 : 10]
    const ours = async () => (await quhao.fetchNumber(login.params)).number
    const other = () => fetchNumber(send, origin, login)
    await compare('node call, keep-alive', post, 'us per call', () => oneByOne(calls, ours, login.expected), () => oneByOne(calls, other, login.expected))
  }
}

/** The same bytes through a bare socket: no client written in JavaScript can be faster. */
async function floorRow() {
  const login = fixture('shanyan-v1')
  const [quhao, calls, { hostname, port, host }] = [client(login), FULL ? 300 : 10, new URL(origin)]
  const { path, content_type, body, reply } = login
  const head = [`POST ${path} HTTP/1.1`, `host: ${host}`, 'accept: application/json', `content-type: ${content_type}`, `content-length: ${Buffer.byteLength(body)}`]
  const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let [came, answered] = ['', undefined]
  socket.on('data', (chunk) => {
    came += chunk
    if (came.endsWith(reply)) answered((came = ''))
  })
  const pingPong = () => new Promise((resolve) => {
    answered = resolve
    socket.write(bytes)
  })
  const ours = async () => (await quhao.fetchNumber(login.params)).number
  await compare('node call, keep-alive', 'net.Socket', 'us per call', () => oneByOne(calls, ours, login.expected), () => oneByOne(calls, pingPong, ''))
  socket.destroy()
}

async function throughputRow() {
  const login = fixture('shanyan-v1')
  const [quhao, calls, lanes] = [client(login), FULL ? 3000 : 200, login.more_params.slice(0, 100)]
  const ours = async (params) => same((await quhao.fetchNumber(params)).number, login.expected)
  const other = async (params) => same(await fetchNumber(posts['undici.request'], origin, { ...login, params }), login.expected)
  await compare('node, 100 in flight', 'undici', 'calls/s', () => inFlight(lanes, calls, ours), () => inFlight(lanes, calls, other))
}

async function cryptoRows() {
  const times = FULL ? 5000 : 100
  const row = (name, otherName, ours, other) =>
    compare(name, otherName, 'us per call', () => synchronous(times, ours), () => synchronous(times, other))

  const des = fixture('shanyan-v1')
  const opener = client(des)
  await row('node open, ShanYan V1', 'node-forge', () => same(opener.decryptNumber(des.ciphertext), des.expected),
    () => same(openDes(des.options.app_key, des.ciphertext), des.expected))

  const v2 = fixture('shanyan-v2')
  const signer = client(v2)
  const fields = (body) => JSON.stringify([...new URLSearchParams(body)].sort())
  same(fields(shanyanV2(v2)), fields(v2.body))
  same(fields(signer.prepareFetchNumber(v2.params).body), fields(v2.body))
  await row('node sign, ShanYan V2', 'node:crypto', () => signer.prepareFetchNumber(v2.params).body, () => shanyanV2(v2))

  const login = fixture('cmcc-login')
  const mobile = client(login)
  const names = (body) => Object.keys(JSON.parse(body)).sort().join()
  same(names(chinaMobile(login)), names(login.body))
  same(names(mobile.prepareFetchNumber(login.params).body), names(login.body))
  await row('node sign, China Mobile', 'node:crypto', () => mobile.prepareFetchNumber(login.params).body, () => chinaMobile(login))
}

/** What a fresh process needs: with the package and a thousand calls, with the package alone, and bare. */
function footprintRows() {
  const program = fileURLToPath(new URL('footprint.cjs', import.meta.url))
  const told = (what) => JSON.parse(execFileSync(process.execPath, [...process.execArgv, program, what], { encoding: 'utf8' }))
  const rows = {
    'node require': { unit: 'ms', of: () => told('required').ms },
    'node resident after require': { unit: 'KiB', of: () => told('required').kib - told('bare').kib },
    'node resident after 1,000 calls': { unit: 'KiB', of: () => told('called').kib - told('bare').kib },
  }
  for (const [name, { unit, of }] of Object.entries(rows)) {
    tell({ name, other_name: null, unit, ours: Array.from({ length: ROUNDS }, of), other: null })
  }
}

tell({ about: `Node ${process.versions.node}, quhao ${version}, ${['undici', 'axios', 'node-forge'].map((name) => `${name} ${packageVersion(name)}`).join(', ')}` })
tell({ cores: 'one' })
await callRows()
await floorRow()
tell({ cores: 'all' })
await throughputRow()
await cryptoRows()
footprintRows()
process.exit(0)

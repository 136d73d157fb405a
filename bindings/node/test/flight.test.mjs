import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pbkdf2 } from 'node:crypto'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { gateway, login, numberReply, shanyan } from './support.mjs'

const MANY = 1000
const threads = () => readdirSync('/proc/self/task').length

let held, release, server
before(async () => {
  server = await gateway(async ({ accessToken }) => {
    await held
    return numberReply(`1380${accessToken.padStart(7, '0')}`, { tradeNo: accessToken })
  })
})
after(() => server.close())

test('a thousand calls in flight leave libuv’s pool, and answers belong to askers', async () => {
  held = new Promise((resolve) => (release = resolve))
  const client = shanyan(server.url, { timeoutMs: 60_000, connectTimeoutMs: 60_000 })
  await readFile(import.meta.filename ?? process.argv[1])
  const before = threads()
  const calls = Array.from({ length: MANY }, (_, n) => client.fetchNumber(login(String(n))))
  while (server.requests.length < MANY) await server.asked()
  assert.ok(threads() - before <= 2, `${threads() - before} more threads`)
  const began = performance.now()
  for (let round = 0; round < 8; round += 1) {
    await Promise.all([1, 2, 3, 4].map(() => promisify(pbkdf2)('a', 'b', 1, 32, 'sha256')))
  }
  await readFile(new URL(import.meta.url))
  const took = performance.now() - began
  assert.ok(took < 3000, `the pool took ${took} ms`)
  release()
  const answers = await Promise.all(calls)
  answers.forEach((answer, n) => assert.deepEqual([answer.number, answer.tradeNo], [`1380${String(n).padStart(7, '0')}`, String(n)]))
})

test('calls that are over leave nothing behind', async () => {
  held = undefined
  const client = shanyan(server.url)
  const round = () => Promise.all(Array.from({ length: 100 }, (_, n) => client.fetchNumber(login(String(n)))))
  await round()
  const [handles, descriptors] = [process.getActiveResourcesInfo(), readdirSync('/proc/self/fd').length]
  for (let n = 0; n < 3; n += 1) await round()
  const left = process.getActiveResourcesInfo().filter((name) => name.includes('napi') || name.includes('Async'))
  assert.ok(left.length <= handles.length, String(left))
  assert.ok(readdirSync('/proc/self/fd').length <= descriptors + 100)
})

const run = async (code, env = {}) => {
  const child = spawn(process.execPath, [...process.execArgv.filter((arg) => !arg.startsWith('--test')), '--input-type=module', '--eval', code], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  const [code_, signal] = await once(child, 'close')
  return { out, err, code: code_, signal }
}

const CALL = `import { shanyan, login } from './test/support.mjs'
const client = shanyan(process.env.GATEWAY)
`

test('a process lives while a call is in flight, and ends after it', async () => {
  held = new Promise((resolve) => setTimeout(resolve, 300))
  const began = performance.now()
  const ran = await run(`${CALL} client.fetchNumber(login('7')).then((answer) => console.log(answer.number))`, { GATEWAY: server.url })
  assert.deepEqual([ran.out, ran.code, ran.signal], ['13800000007\n', 0, null], ran.err)
  assert.ok(performance.now() - began < 10_000)
})

test('a cancelled call keeps no process alive', async () => {
  held = new Promise(() => {})
  const ran = await run(`${CALL} client.fetchNumber(login('7'), { signal: AbortSignal.timeout(100) }).catch((reason) => console.log(reason.name))
    setTimeout(() => {}, 300)`, { GATEWAY: server.url })
  assert.deepEqual([ran.out, ran.code, ran.signal], ['TimeoutError\n', 0, null], ran.err)
})

test('a process may exit while calls are in flight', async () => {
  held = new Promise(() => {})
  const exits = ['process.exit(3)', 'process.reallyExit(3)', "setImmediate(() => { throw new Error('mine') })"]
  for (const exit of exits) {
    const ran = await run(`${CALL} for (let n = 0; n < 50; n += 1) client.fetchNumber(login(String(n))).catch(() => {})
      setTimeout(() => { ${exit} }, 50)`, { GATEWAY: server.url })
    assert.ok([3, 1].includes(ran.code) && ran.signal === null, `${exit}: ${ran.code} ${ran.signal} ${ran.err}`)
  }
})

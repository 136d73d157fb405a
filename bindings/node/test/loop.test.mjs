// Calls, the event loop, and the end of a process or a worker.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { after, test } from 'node:test'
import { setImmediate as immediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Client, Sandbox } from 'quhao'

const skip = process.platform !== 'linux'
const NUMBER = '13800138000'
const sandbox = new Sandbox()
after(() => sandbox.close())

const client = (more) => new Client('shanyan', { ...sandbox.options('shanyan'), ...more })
const params = () => sandbox.phone(NUMBER, 'cmcc').params('shanyan', 'fetchNumber')

/** Runs a program with a client and the params of ten phones. */
async function run(program, { more = {} } = {}) {
  const given = { options: { ...sandbox.options('shanyan'), ...more }, phones: Array.from({ length: 10 }, params) }
  const text = `import { readdirSync, readFileSync } from 'node:fs'
    import { Client } from 'quhao'
    const { options, phones } = JSON.parse(process.env.GIVEN)
    const client = new Client('shanyan', options)
    const ask = async () => (await client.fetchNumber(phones.pop())).number
    const threads = () => readdirSync('/proc/self/task').map((id) => readFileSync('/proc/self/task/' + id + '/comm', 'utf8').trim())
    ${program}`
  const inherited = process.execArgv.filter((arg) => !arg.startsWith('--test'))
  const env = { ...process.env, GIVEN: JSON.stringify(given), NODE_TEST_CONTEXT: undefined }
  const child = spawn(process.execPath, [...inherited, '--input-type=module', '--eval', text], { env, cwd: import.meta.dirname, timeout: 20_000 })
  const told = { out: '', err: '' }
  child.stdout.on('data', (data) => (told.out += data))
  child.stderr.on('data', (data) => (told.err += data))
  const [code, signal] = await once(child, 'close')
  return { ...told, code, signal }
}

const ended = (code, out) => ({ code, signal: null, out, err: '' })

test('however many calls are under way, a process has one thread of ours', { skip }, async () => {
  const told = await run(`
    const ours = () => threads().filter((name) => name.startsWith('quhao'))
    console.log(ours().length)
    console.log(new Set(await Promise.all([ask(), ask(), ask()])).size, ours().length)
    for (let n = 0; n < 5; n += 1) await ask()
    console.log(ours().join())`)
  assert.deepEqual(told, ended(0, '0\n1 1\nquhao-io\n'))
})

test('a call keeps the process, and what ends it may be a signal whose timer keeps none', async () => {
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const aborted = await run(`
    const signal = AbortSignal.timeout(100)
    console.log(await client.fetchNumber(phones.pop(), { signal }).catch(({ name }) => name))`, { more: { baseUrl: `http://127.0.0.1:${mute.address().port}` } })
  mute.close()
  assert.deepEqual(aborted, ended(0, 'TimeoutError\n'))
})

test('a process ends when its calls have, though connections are open', async () => {
  const begun = performance.now()
  assert.deepEqual(await run('console.log(await ask())'), ended(0, `${NUMBER}\n`))
  assert.ok(performance.now() - begun < 4000, 'connections are kept for twenty seconds')
})

test('a process may exit in what an answer sets off', async () => {
  for (const exit of ['process.exit(3)', 'process.reallyExit(3)', 'process.kill(process.pid, "SIGKILL")']) {
    const { code, signal, err } = await run(`console.log(await ask()); ${exit}`)
    assert.ok((code === 3 || signal === 'SIGKILL') && err === '', `${exit}: ${code} ${signal} ${err}`)
  }
})

test('a process may exit during a call', async () => {
  const mute = createServer().listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const more = { baseUrl: `http://127.0.0.1:${mute.address().port}` }
  for (const exit of ['process.exit(3)', 'process.reallyExit(3)', 'process.exitCode = 3; throw new Error("mine")']) {
    const { code, signal, err } = await run(`ask().catch(() => {}); setTimeout(() => { ${exit} }, 50)`, { more })
    assert.ok([1, 3].includes(code) && signal === null && !/panic/.test(err), `${exit}: ${code} ${signal} ${err}`)
  }
  mute.close()
})

test('what a continuation throws is uncaught, and calls go on', async () => {
  const told = await run(`
    process.on('unhandledRejection', ({ message }) => console.log(message))
    ask().then(() => { throw new Error('mine') })
    await new Promise((done) => setTimeout(done, 200))
    console.log(await ask())`)
  assert.deepEqual(told, ended(0, `mine\n${NUMBER}\n`))
})

test('workers that end, are ended, or exit take nothing with them', async () => {
  const ends = ['', 'process.exit(0)', 'await new Promise(() => setInterval(() => {}, 1000))']
  for (let round = 0; round < 12; round += 1) {
    const end = ends[round % ends.length]
    const worker = new Worker(`(async () => {
      const { workerData, parentPort } = require('node:worker_threads')
      const client = new (require('quhao').Client)('shanyan', workerData.options)
      for (const phone of workerData.phones) await client.fetchNumber(phone)
      parentPort.postMessage('asked')
      ${round % 2 ? 'client.fetchNumber(workerData.phones[0]).catch(() => {})' : ''}
      ${end}
    })()`, { eval: true, workerData: { options: sandbox.options('shanyan'), phones: [params(), params()] } })
    const exited = once(worker, 'exit')
    assert.deepEqual(await once(worker, 'message'), ['asked'])
    if (end.includes('setInterval')) await worker.terminate()
    await exited
  }
  assert.equal((await client().fetchNumber(params())).number, NUMBER)
})

test('while a call waits, the event loop is free', async () => {
  sandbox.failNext('fault:stall=300')
  const call = client().fetchNumber(params())
  let [turns, isEnded] = [0, false]
  call.then(() => (isEnded = true))
  const busy = process.cpuUsage()
  while (!isEnded) {
    turns += 1
    await new Promise((done) => setTimeout(done, 10))
  }
  assert.ok(turns >= 10, `${turns} turns of ten milliseconds`)
  const { user, system } = process.cpuUsage(busy)
  assert.ok(user + system < 200_000, `it waits without work: ${user + system} µs`)
})

test('a reply that came while JavaScript was busy is not late', async () => {
  const { length } = sandbox.ledger()
  sandbox.failNext('fault:stall=50')
  const call = client({ timeoutMs: 400 }).fetchNumber(params())
  while (sandbox.ledger().length === length) await immediate()
  const begun = performance.now()
  while (performance.now() - begun < 800);
  assert.equal((await call).number, NUMBER)
})

test('a limit is kept when nothing else happens', async () => {
  sandbox.failNext('fault:stall=5000')
  const begun = performance.now()
  await assert.rejects(client({ timeoutMs: 150 }).fetchNumber(params()), { name: 'TransportError', timeout: true })
  const took = performance.now() - begun
  assert.ok(took >= 149 && took < 1500, `${took} ms`)
})

test('a call that is aborted closes its connection', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const end = new AbortController()
  const call = client({ baseUrl: `http://127.0.0.1:${server.address().port}` }).fetchNumber(params(), { signal: end.signal })
  const [connection] = await once(server, 'connection')
  connection.resume()
  await immediate()
  end.abort(new Error('enough'))
  await assert.rejects(call, { message: 'enough' })
  await once(connection, 'end')
  connection.end()
  server.close()
})

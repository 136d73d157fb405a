import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { gateway, login, numberReply, shanyan, verdictReply } from './support.mjs'

const fixture = (name) => new URL(`fixtures/${name}`, import.meta.url)

test('each of several workers gets its own answers', async () => {
  const server = await gateway(async ({ accessToken }) => {
    await new Promise((done) => setTimeout(done, Math.random() * 20))
    return numberReply(`1390${accessToken.padStart(7, '0')}`)
  })
  const workers = [1, 2, 3, 4].map((id) => new Worker(fixture('asker.mjs'), { workerData: { url: server.url, id, calls: 50 } }))
  const own = Promise.all(Array.from({ length: 50 }, (_, n) => shanyan(server.url).fetchNumber(login(`9${n}`))))
  const told = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
  assert.deepEqual(told, Array(4).fill({ right: 50 }))
  ;(await own).forEach(({ number }, n) => assert.equal(number, `1390${`9${n}`.padStart(7, '0')}`))
  await Promise.all(workers.map((worker) => worker.terminate()))
  server.close()
})

test('a worker that dies with calls in flight harms nobody', async () => {
  let release
  const held = new Promise((resolve) => (release = resolve))
  const server = await gateway(async ({ accessCode }) => {
    if (accessCode === undefined) await held
    return accessCode === undefined ? numberReply('13900000001') : verdictReply('1', accessCode)
  })
  for (let round = 0; round < 10; round += 1) {
    const worker = new Worker(fixture('asker.mjs'), { workerData: { url: server.url, id: 5, calls: 20 } })
    await server.asked()
    await worker.terminate()
  }
  release()
  const { number } = await shanyan(server.url).fetchNumber(login('1'))
  assert.equal(number, '13900000001')
  server.close()
})

test('a worker may die with a sandbox of its own in use', async () => {
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(fixture('sandboxed.mjs'))
    const [message] = await once(worker, 'message')
    assert.equal(message, 'calling')
    assert.equal(await worker.terminate(), 1)
  }
})

test('an addon that only a dead worker had loaded does not take the process with it', () => {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv.filter((arg) => !arg.startsWith('--test')), fixture('only-a-worker.mjs').pathname],
    { encoding: 'utf8', timeout: 20_000, env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  )
  assert.deepEqual([status, signal, stdout], [0, null, 'the end\n'], stderr)
})

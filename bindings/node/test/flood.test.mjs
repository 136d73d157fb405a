// A gateway that sends informational replies without end.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { failure, login, shanyan } from './support.mjs'

/** The default deadline; hyper reads a flood in the clear for some tenths of a second at a time. */
const TIMEOUT_MS = 5000

/** Floods each connection on which something was asked, for half a minute at most, from a thread of its own. */
const FLOOD = `
  const { createServer } = require('node:net')
  const { parentPort } = require('node:worker_threads')
  const replies = Buffer.from('HTTP/1.1 103 Early Hints\\r\\n\\r\\n'.repeat(5000))
  const server = createServer((connection) => {
    const end = Date.now() + 30_000
    const flood = () => {
      while (!connection.destroyed && Date.now() < end && connection.write(replies));
    }
    connection.on('error', () => {}).on('drain', flood).once('data', flood)
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`

test('a flood of informational replies blocks no event loop, and the call ends at its deadline', async () => {
  const gateway = new Worker(FLOOD, { eval: true })
  const [port] = await once(gateway, 'message')
  const [begun, ticks] = [performance.now(), []]
  const timer = setInterval(() => ticks.push(performance.now()), 10)
  const client = shanyan(`http://127.0.0.1:${port}`, { timeoutMs: TIMEOUT_MS })
  const { kind, phase, timeout, retry, charge } = await failure(client.fetchNumber(login('flooded')))
  const took = performance.now() - begun
  clearInterval(timer)
  await gateway.terminate()
  assert.deepEqual({ kind, phase, timeout, retry, charge }, { kind: 'transport', phase: 'receive', timeout: true, retry: 'new_token', charge: 'unknown' })
  assert.ok(took >= TIMEOUT_MS && took <= TIMEOUT_MS * 1.1, `expected ${TIMEOUT_MS} ms and at most a tenth more, got ${took}`)
  const gaps = ticks.map((tick, at) => tick - (ticks[at - 1] ?? begun))
  assert.ok(Math.max(...gaps) < 500, `the timer stood still for ${Math.max(...gaps)} ms`)
})

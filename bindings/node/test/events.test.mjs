// Telemetry of calls for logs and metrics, and calls that share one request.

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Client, Sandbox, counters } from 'quhao'
import { failure, gateway, numberCheck, shanyan, verdictReply } from './support.mjs'

const NUMBER = '13800138000'
const PERSON = { number: NUMBER, name: '欧阳测试', idCard: '11010519491231002X' }

let sandbox
before(() => {
  sandbox = new Sandbox()
  sandbox.addPerson(PERSON)
})
after(() => sandbox.close())

const client = (app, more) => new Client(app, { ...sandbox.options(app), ...more })
const params = (app, operation = 'fetchNumber') => sandbox.phone(NUMBER).params(app, operation)

/** The events that are published while something runs, and what it ends with. */
async function heard(run) {
  const events = []
  const listen = (event, name) => events.push({ ...event, name })
  subscribe('quhao:call', listen)
  try {
    return { events, ended: await run().catch((error) => error) }
  } finally {
    unsubscribe('quhao:call', listen)
  }
}

const FACTS = ['charge', 'durationMs', 'kind', 'name', 'operation', 'outcome', 'phase', 'provider', 'requestId', 'retry', 'shared', 'vendorCode']

test('every operation tells one event with every fact, and none of them is a secret', async () => {
  const given = params('shanyan')
  const calls = {
    fetchNumber: () => client('shanyan').fetchNumber(given),
    verifyNumber: () => client('cmcc').verifyNumber(params('cmcc', 'verifyNumber'), NUMBER),
    verifyIdentity: () => client('yuxin').verifyIdentity(PERSON),
  }
  for (const [operation, call] of Object.entries(calls)) {
    const { events, ended } = await heard(call)
    assert.equal(events.length, 1)
    const [event] = events
    assert.deepEqual(Object.keys(event).sort(), FACTS)
    const { provider, code, charge, requestId } = ended
    assert.deepEqual({ ...event, durationMs: 0 }, {
      name: 'quhao:call', provider, operation, outcome: ended.verdict ?? 'fetched', kind: null, retry: null, phase: null,
      vendorCode: code, charge, requestId, durationMs: 0, shared: false,
    })
    assert.ok(event.durationMs > 0 && event.durationMs < 60_000)
    const text = JSON.stringify(event)
    for (const secret of [NUMBER, PERSON.name, PERSON.idCard, given.accessToken]) assert.ok(!text.includes(secret), text)
  }
})

test('a failure tells whose fault it was and what may be tried again', async () => {
  sandbox.failNext('403101')
  const refused = await heard(() => client('shanyan').fetchNumber(params('shanyan')))
  const { outcome, kind, retry, phase, vendorCode } = refused.events[0]
  assert.deepEqual([outcome, kind, retry, phase, vendorCode], ['forbidden', 'forbidden', 'never', null, '403101'])
  const unreached = await heard(() => client('cmcc', { baseUrl: sandbox.endpoint('refused').baseUrl }).fetchNumber('t'.repeat(32)))
  assert.deepEqual([unreached.events[0].kind, unreached.events[0].phase, unreached.events[0].retry], ['transport', 'connect', 'same_token'])
  const unsent = await heard(() => client('shanyan').fetchNumber({ accessToken: 't' }))
  assert.deepEqual(unsent.events.map(({ kind }) => kind), ['input'])
})

test('nobody is told of a wrong type or of a call that was aborted', async () => {
  const aborted = AbortSignal.abort()
  const { events } = await heard(async () => {
    await failure(client('shanyan').fetchNumber(1))
    await failure(client('shanyan').fetchNumber(params('shanyan'), { signal: aborted }))
  })
  assert.deepEqual(events, [])
})

test('a listener that throws breaks no call: it is an uncaught exception of its own', async () => {
  const thrown = new Error('a broken listener')
  const listen = () => {
    throw thrown
  }
  const listeners = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  const uncaught = once(process, 'uncaughtException')
  subscribe('quhao:call', listen)
  try {
    assert.equal((await client('shanyan').fetchNumber(params('shanyan'))).number, NUMBER)
    assert.equal((await uncaught)[0], thrown)
  } finally {
    unsubscribe('quhao:call', listen)
    for (const listener of listeners) process.on('uncaughtException', listener)
  }
})

test('a listener is in the async context of the caller', async () => {
  const requests = new AsyncLocalStorage()
  const stores = []
  const listen = (event) => stores.push([requests.getStore(), event.operation])
  subscribe('quhao:call', listen)
  await Promise.all(['a', 'b', 'c'].map((id) => requests.run(id, () => client('shanyan').fetchNumber(params('shanyan')))))
  unsubscribe('quhao:call', listen)
  assert.deepEqual(stores.sort(), ['a', 'b', 'c'].map((id) => [id, 'fetchNumber']))
})

test('events are frozen, and a thread hears of its own calls', async () => {
  const worker = new Worker(`
    const { Client, Sandbox } = require('quhao')
    const sandbox = new Sandbox()
    new Client('cmcc', sandbox.options('cmcc')).fetchNumber(sandbox.phone('13800138000').params('cmcc', 'fetchNumber')).then(() => sandbox.close())`,
  { eval: true })
  const { events } = await heard(async () => {
    await once(worker, 'exit')
    await client('shanyan').fetchNumber(params('shanyan'))
  })
  assert.deepEqual(events.map(({ provider }) => provider), ['shanyan'])
  subscribe('quhao:call', function listen(event) {
    unsubscribe('quhao:call', listen)
    assert.ok(Object.isFrozen(event))
  })
  await client('shanyan').fetchNumber(params('shanyan'))
})

test('counters add up, whether anybody listens or not', async () => {
  const sum = (of) => counters().filter(of).reduce((sum, { calls, durationMs }) => [sum[0] + calls, sum[1] + durationMs], [0, 0])
  const ok = ({ provider, operation, outcome, shared }) => provider === 'cmcc' && operation === 'fetchNumber' && outcome === 'fetched' && !shared
  const spent = ({ provider, outcome }) => provider === 'cmcc' && outcome === 'token'
  const before = [sum(ok), sum(spent)]
  for (let n = 0; n < 3; n += 1) await client('cmcc').fetchNumber(params('cmcc'))
  const used = params('cmcc')
  await client('cmcc').fetchNumber(used)
  await failure(client('cmcc').fetchNumber(used))
  assert.deepEqual([sum(ok)[0] - before[0][0], sum(spent)[0] - before[1][0]], [4, 1])
  assert.ok(sum(ok)[1] > before[0][1])
  const rows = counters()
  const facts = ['calls', 'charge', 'durationMs', 'operation', 'outcome', 'provider', 'shared', 'vendorCode']
  assert.ok(rows.every((row) => Object.isFrozen(row) && String(Object.keys(row).sort()) === String(facts)))
})

test('two calls with one token at the same time share one request and one answer', async () => {
  sandbox.clearLedger()
  sandbox.failNext('fault:stall=200')
  const given = params('shanyan')
  const shanyan = client('shanyan')
  const { events, ended } = await heard(() => Promise.all([shanyan.fetchNumber(given), client('shanyan').fetchNumber(given)]))
  assert.deepEqual(ended.map(({ number }) => number), [NUMBER, NUMBER])
  assert.deepEqual(ended[0], ended[1])
  assert.deepEqual(sandbox.ledger().map(({ accepted, tokenSeenBefore }) => [accepted, tokenSeenBefore]), [[true, false]])
  assert.deepEqual(events.map(({ shared }) => shared).sort(), [false, true])
  assert.equal((await failure(shanyan.fetchNumber(given))).kind, 'token')
})

test('of two that share a request one may be aborted, and the other has its answer', async () => {
  const held = await gateway(async ({ accessCode }) => {
    await new Promise((done) => setTimeout(done, 100))
    return verdictReply('1', accessCode)
  })
  const [own, given] = [shanyan(held.url), numberCheck('shared')]
  for (const abort of [0, 1]) {
    const controllers = [new AbortController(), new AbortController()]
    const asked = held.asked()
    const calls = controllers.map((controller) => own.verifyNumber(given, null, controller).catch((reason) => reason))
    await asked
    controllers[abort].abort('mine')
    const ended = await Promise.all(calls)
    assert.equal(ended[abort], 'mine')
    assert.equal(ended[1 - abort].tradeNo, 'shared')
  }
  assert.equal(held.requests.length, 2)
  held.close()
})

// The fault matrix: every case of behaviours/faults.json for every operation of every app. What a case's fields mean
// is in the vectors' README.

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Client, QuhaoError, Sandbox } from 'quhao'
import { inCamel, root } from './support.mjs'

const { run, cases } = JSON.parse(readFileSync(`${root}crates/vectors/data/behaviours/faults.json`, 'utf8'))
const NUMBER = '13800138000'
const ALLOWED_KIB = 32 << 10

/** Where the addresses that fail are; another sandbox than the one whose ledger is read. */
let elsewhere
let subjects
before(async () => {
  elsewhere = new Sandbox()
  subjects = elsewhere.apps.flatMap(({ name, provider, operations }) => operations.map((operation) => ({ app: name, provider, operation })))
  // What a process makes once, it has before memory is measured.
  for (const subject of subjects) await ask(new Client(subject.provider, elsewhere.options(subject.app)), fresh(elsewhere, subject, NUMBER))
})
after(() => elsewhere.close())

for (const { id, input, expect } of cases) {
  test(id, { timeout: 300_000 }, async () => {
    const before = watchMemory()
    const failures = []
    const late = []
    const noted = (subject) => (why) => {
      if (why instanceof Late && !input.load) late.push(subject)
      else failures.push(`${subject.app} ${subject.operation}: ${why.stack}`)
    }
    // Calls that wait for a deadline cost nothing but time; the others keep a reply of up to 1 MiB each.
    const lanes = expect.ends_ms[0] > 0 && !input.load ? subjects.length : 4
    for (let at = 0; at < subjects.length; at += lanes) {
      const some = subjects.slice(at, at + lanes)
      const play = input.load ? crowd : await single(some, input)
      await Promise.all(some.map((subject) => play(subject, input, expect).catch(noted(subject))))
    }
    // A machine that is busy makes a call late, now and then; a deadline that is not kept makes all of them late.
    assert.ok(late.length < subjects.length / 2, `${late.length} of ${subjects.length} calls were late`)
    for (const subject of late) await (await single([subject], input))(subject, input, expect)
    assert.deepEqual(failures, [])
    const grown = before()
    assert.ok(grown <= ALLOWED_KIB, `expected ${ALLOWED_KIB} KiB more at most, got ${grown}`)
  })
}

test('the matrix is there, and every app is asked', () => {
  assert.equal(run, 'fault')
  assert.ok(cases.length >= 25 && subjects.length >= 20, `${cases.length} cases, ${subjects.length} subjects`)
})

/** Sets up a call for each subject, so that nothing but the calls runs while they are timed. */
async function single(subjects, input) {
  const ready = new Map()
  const setUp = async (subject) => {
    const sandbox = new Sandbox()
    const client = clientOf(subject, sandbox, input)
    if (input.first) {
      input.first.fail_next.forEach((failure) => sandbox.failNext(failure))
      await ask(client, fresh(sandbox, subject, NUMBER))
      await pause(input.first.pause_ms)
    }
    const question = fresh(sandbox, subject, NUMBER)
    for (const failure of input.fail_next ?? []) sandbox.failNext(failure)
    ready.set(subject, { sandbox, client, question })
  }
  await Promise.all(subjects.map(setUp))
  return async (subject, _, expect) => {
    const { sandbox, client, question } = ready.get(subject)
    const begun = performance.now()
    const told = await ask(client, question).then(() => ({ ok: true }), (error) => ({ error: factsOf(error) }))
    const took = performance.now() - begun
    try {
      assert.deepEqual(told, expect.ok ? { ok: true } : { error: expect.error }, `after ${took} ms`)
      within(took, expect.ends_ms)
      const ledger = sandbox.ledger()
      assert.equal(ledger.length, expect.ledger, JSON.stringify(ledger))
      assert.ok(ledger.every(({ tokenSeenBefore }) => !tokenSeenBefore))
    } finally {
      sandbox.close()
    }
  }
}

/** Many logins at once, whose callers do what the errors tell them. */
async function crowd(subject, input, expect) {
  const { logins, concurrency, after, fail_next, pause_ms } = input.load
  const sandbox = new Sandbox()
  const client = clientOf(subject, sandbox, input)
  const begun = performance.now()
  let [next, through] = [0, 0]
  const logIn = async (number) => {
    let question = fresh(sandbox, subject, number)
    while (performance.now() - begun <= expect.ends_ms[1]) {
      const error = await ask(client, question).catch((error) => error)
      if (error === undefined) return
      const facts = factsOf(error)
      assert.ok(expect.errors.some((expected) => JSON.stringify(sorted(expected)) === JSON.stringify(sorted(facts))), JSON.stringify(facts))
      if (error.retry === 'same_token') await pause(pause_ms)
      else question = fresh(sandbox, subject, number)
    }
    throw new Error(`${number} was never let in`)
  }
  const user = async () => {
    while (next < logins) {
      await logIn(`139${String((next += 1)).padStart(8, '0')}`)
      if ((through += 1) === after) fail_next.forEach((failure) => sandbox.failNext(failure))
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, user))
    within(performance.now() - begun, expect.ends_ms)
    const ledger = sandbox.ledger()
    assert.ok(ledger.filter(({ accepted }) => accepted).length >= logins)
    assert.ok(ledger.every(({ accepted, tokenSeenBefore }) => accepted && !tokenSeenBefore), JSON.stringify(ledger))
  } finally {
    sandbox.close()
  }
}

function clientOf({ app, provider }, sandbox, { endpoint, proxy, options }) {
  const over = { ...(endpoint && elsewhere.endpoint(endpoint)), ...(proxy && { proxy: elsewhere.endpoint(proxy).baseUrl }) }
  return new Client(provider, { ...sandbox.options(app), ...over, ...inCamel(options) })
}

/** A question that the sandbox answers with yes, each time under a fresh token. */
function fresh(sandbox, { app, operation }, number) {
  const person = { number, name: '张三', idCard: '11010519491231002X' }
  if (operation === 'verifyIdentity') {
    sandbox.addPerson(person)
    return { operation, given: [person], number }
  }
  const params = sandbox.phone(number).params(app, operation)
  return { operation, given: operation === 'verifyNumber' ? [params, number] : [params], number }
}

/** Asks; the answer has to be yes. */
async function ask(client, { operation, given, number }) {
  const answer = await client[operation](...given)
  assert.ok(operation === 'fetchNumber' ? answer.number === number : answer.verdict === 'match', 'somebody else’s answer')
}

function factsOf(error) {
  if (!(error instanceof QuhaoError)) throw error
  const { kind, phase, timeout, retry, charge } = error
  return phase === null ? { kind, retry, charge } : { kind, phase, timeout, retry, charge }
}

const sorted = (facts) => Object.entries(facts).sort()

class Late extends Error {}

function within(took, [least, most]) {
  const told = `expected an end within ${least} to ${most} ms, got ${took}`
  assert.ok(took >= least, told)
  if (took > most) throw new Late(told)
}

/** Tells by how much the most that was resident since exceeds what is resident now. */
function watchMemory() {
  if (process.platform !== 'linux') return () => 0
  const kib = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1])
  writeFileSync('/proc/self/clear_refs', '5')
  const before = kib('VmRSS')
  return () => kib('VmHWM') - before
}

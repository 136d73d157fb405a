import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Client, QuhaoError } from 'quhao'
import { camel, check, inCamel, native, suites } from './support.mjs'

test('every vector holds', () => {
  const failures = []
  let ran = 0
  for (const { topic, run, cases } of suites()) {
    for (const { id, input, expect } of cases) {
      ran += 1
      try {
        assert.ok(RUNNERS[run], `no runner for ${run}`)
        holds(run, input, expect)
      } catch (error) {
        failures.push(`${topic} ${id}: ${error.message}`)
      }
    }
  }
  assert.deepEqual(failures, [])
  assert.ok(ran >= 200, `only ${ran} vectors ran`)
})

const RUNNERS = {
  new: () => ({ ok: true }),
  decrypt: ({ client }, { ciphertext }) => ({ number: client.decryptNumber(ciphertext) }),
  read: ({ client }, { operation, status, body }) => client.read(camel(operation), status ?? 200, body).toJSON(),
  sign({ own }, input) {
    return own.signature(question(input))
  },
  inspect({ own }, input) {
    const { findings, params } = own.inspect(question(input))
    return { findings: findings.map(({ field, cause, action }) => ({ field, cause, action })), params }
  },
  prepare({ own }, input) {
    const { method, url, headers, body } = own.prepare(question(input)).parts()
    const type = headers['content-type']
    const fields = type === 'application/json' ? { json: JSON.parse(body) } : { form: Object.fromEntries(new URLSearchParams(body)) }
    return { method, url, contentType: type, ...fields }
  },
}

function holds(run, input, expect) {
  let answer
  try {
    const options = inCamel(input.options)
    const client = new Client(input.provider, options)
    answer = RUNNERS[run]({ client, own: new native.NativeClient(input.provider, check.options(options)) }, input)
  } catch (error) {
    // The private part throws facts, of which the class is made.
    const facts = error instanceof QuhaoError ? error : new QuhaoError(error)
    assert.ok(typeof error.kind === 'string', inspect(error))
    return failsAs(facts, expect.error)
  }
  for (const [name, wanted] of Object.entries(expect.result ?? expect)) {
    assert.deepEqual(plain(answer[camel(name)]), wanted, name)
  }
}

function failsAs(error, expected) {
  assert.ok(expected, `unexpected: ${inspect(error)}`)
  const everything = [inspect(error, { depth: 9 }), JSON.stringify(error), String(error), error.stack].join('\n')
  for (const [name, wanted] of Object.entries(expected)) {
    if (name === 'message_has') for (const part of wanted) assert.ok(has(error.message, part), `${error.message}: no ${part}`)
    else if (name === 'hint_has') for (const part of wanted) assert.ok(has(error.hint, part), `${error.hint}: no ${part}`)
    else if (name === 'never_has') for (const part of wanted) assert.ok(!everything.includes(part), `${part} is in ${everything}`)
    else assert.equal(error[camel(name)], wanted, name)
  }
}

/** Names are in camelCase here. */
const has = (text, part) => text.includes(part) || text.includes(part.replace(/[a-z]+(_[a-z]+)+/g, camel))

const plain = (value) => JSON.parse(JSON.stringify(value ?? null))

function question({ operation, params, number, name, id_card, moment: { now_ms, nonce } }) {
  const question = { operation, number, name, id_card, moment: { now_ms: String(now_ms), nonce } }
  if (operation !== 'verify_identity') question.params = check.params(params ?? {})
  return plain(question)
}

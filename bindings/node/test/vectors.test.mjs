import assert from 'node:assert/strict'
import { constants, createVerify, privateDecrypt } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { Client, QuhaoError } from 'quhao'
import { camel, check, here, inCamel, privately, suites } from './support.mjs'

for (const { topic, run, cases } of suites()) {
  test(topic, async (t) => {
    for (const { id, input, expect } of cases) await t.test(id, () => holds(run, input, expect))
  })
}

test('there are vectors of every kind', () => {
  const kinds = new Set(suites().map(({ run }) => run))
  assert.deepEqual([...kinds].sort(), Object.keys(RUNNERS).sort())
  assert.ok(suites().flatMap(({ cases }) => cases).length >= 600)
})

const RUNNERS = {
  new: () => ({ ok: true }),
  decrypt: ({ client }, { ciphertext }) => ({ number: client.decryptNumber(ciphertext) }),
  read: ({ client, own }, input) => {
    const { operation, params, status = 200, body } = input
    if (params === undefined) return client.read(camel(operation), status, body).toJSON()
    return own.prepare(question(input)).read(status, Buffer.from(body))
  },
  sign: ({ own }, input) => own.signature(question(input)),
  inspect({ own }, input) {
    const { findings, params, carrier } = own.inspect(question(input))
    return { findings: findings.map(({ field, cause, action }) => ({ field, cause, action })), params, carrier }
  },
  apps: (clients, input) => (input.operation === 'decrypt_number' ? RUNNERS.decrypt(clients, input) : RUNNERS.prepare(clients, input)),
  prepare({ own }, input) {
    const { method, url, headers, body, requestId } = own.prepare(question(input))
    const type = headers['content-type']
    const fields = type === 'application/json' ? { json: JSON.parse(body) } : { form: Object.fromEntries(new URLSearchParams(body)) }
    return { method, url, contentType: type, requestId, ...fields }
  },
}

function holds(run, input, expect) {
  let answer
  try {
    // The private part throws facts, of which the class is made.
    answer = here(holds, () => RUNNERS[run](clients(input), input))
  } catch (error) {
    assert.ok(error instanceof QuhaoError, inspect(error))
    return failsAs(error, expect.error)
  }
  for (const [name, wanted] of Object.entries(expect.result ?? expect)) {
    if (PARTS[name]) PARTS[name](answer, wanted)
    else assert.deepEqual(plain(answer[camel(name)]), wanted, name)
  }
}

/** The public client, and its private part, which takes a moment. */
function clients({ provider, options, common, apps, app }) {
  if (apps === undefined) {
    const given = inCamel(options)
    return { client: new Client(provider, given), own: privately(provider, given) }
  }
  const [shared, each] = [inCamel(common), apps.map(inCamel)]
  const [client, own] = [Client.withApps(provider, each, shared), privately(provider, shared, each)]
  return app === undefined ? { client, own } : { client: client.app(app), own: own.app(app) }
}

/** What stands in place of a whole request, where that differs each time. */
const PARTS = {
  form_where: ({ form }, wanted) => where(form, wanted),
  json_where: ({ json }, wanted) => where(json, wanted),
  opens({ json }, { path, key, encoding, plaintext }) {
    // Node 20 refuses PKCS#1 v1.5 itself, so the padding is taken off here: 00 02, eight bytes or more, 00.
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, decoded(at(json, path), encoding))
    assert.deepEqual([...block.subarray(0, 2)], [0, 2])
    const end = block.indexOf(0, 2)
    assert.ok(end >= 10)
    assert.equal(block.subarray(end + 1).toString(), plaintext)
  },
  verifies({ json }, { path, key, algorithm, encoding, base }) {
    assert.equal(algorithm, 'MD5withRSA')
    const signed = base.replace(/\{([^}]+)\}/g, (_, field) => at(json, field))
    assert.ok(createVerify('RSA-MD5').update(signed).verify(key, decoded(at(json, path), encoding)), signed)
  },
}

const where = (fields, wanted) => Object.entries(wanted).forEach(([path, value]) => assert.deepEqual(at(fields, path) ?? null, value, path))
const at = (fields, path) => path.split('.').reduce((value, name) => value?.[name], fields)

function decoded(text, encoding) {
  assert.match(text, encoding === 'hex' ? /^[0-9A-F]+$/ : /^[A-Za-z0-9+/]+=*$/)
  return Buffer.from(text, encoding)
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

function question({ operation, params, number, name, id_card, moment }) {
  const at = moment && { nowMs: moment.now_ms, nonce: Buffer.from(moment.nonce, 'hex') }
  const question = { operation, number, name, idCard: id_card, ...at }
  return operation === 'verify_identity' ? question : { ...question, params: check.params(params ?? {}) }
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'
import * as quhao from 'quhao'
import { Client, QuhaoError } from 'quhao'
import { failure, gateway, login, numberCheck, require, shanyan } from './support.mjs'

const CODES = [
  ['403000', '请求非法，签名验证不通过', 'credentials', 'never'],
  ['403000', '请求非法，重复请求', 'token', 'new_token'],
  ['403101', '账户被下游系统禁用', 'forbidden', 'never'],
  ['500005', '账户余额异常', 'quota', 'never'],
  ['500000', '系统异常', 'unavailable', 'new_token'],
  ['400001', '参数校验异常', 'input', 'never'],
  ['987654', '?', 'protocol', 'new_token'],
]

let silent, closed
before(async () => {
  silent = await gateway(() => null)
  const gone = await gateway(() => null)
  closed = gone.url
  gone.close()
})
after(() => silent.close())

test('every kind has its class, its code and all eight facts', async () => {
  const client = shanyan(closed, { privateKey: undefined })
  const reading = CODES.map(([code, message]) => () => client.read('fetchNumber', 200, JSON.stringify({ code, message, chargeStatus: 0 })))
  const errors = await Promise.all([
    ...reading.map(failure),
    failure(() => new Client('shanyan', {})),
    failure(client.fetchNumber(login('t'))),
    failure(() => client.decryptNumber('AAAA')),
  ])
  const expected = [...CODES.map(([, , kind, retry]) => [kind, retry]), ['config', 'never'], ['transport', 'same_token'], ['decrypt', 'never']]
  errors.forEach((error, at) => {
    const [kind, retry] = expected[at]
    const name = `${kind[0].toUpperCase()}${kind.slice(1)}Error`
    assert.ok(error instanceof QuhaoError && error instanceof Error && error instanceof quhao[name], inspect(error))
    assert.deepEqual([error.name, error.code, error.kind, error.retry], [name, `QUHAO_${kind.toUpperCase()}`, kind, retry])
    assert.ok(error.stack.startsWith(`${name}: ${error.message}\n    at `), error.stack)
    assert.match(error.hint, /\p{Script=Han}.* \/ [a-z]/u)
    assert.ok(['yes', 'no', 'unknown'].includes(error.charge))
    for (const fact of FACTS) assert.ok(fact in error, `${kind} has no ${fact}`)
  })
  assert.deepEqual(new Set(expected.map(([kind]) => kind)).size, 10)
  assert.equal(errors[2].vendorCode, '403101')
  assert.equal(errors[2].provider, 'shanyan')
  assert.equal(errors[2].charge, 'no')
})

const FACTS = ['kind', 'retry', 'charge', 'provider', 'vendorCode', 'message', 'hint', 'requestId', 'phase', 'timeout']

test('there is one QuhaoError for import and for require', async () => {
  const required = require('quhao')
  assert.equal(required.QuhaoError, QuhaoError)
  assert.deepEqual(Object.keys(required).sort(), Object.keys(quhao).filter((name) => name !== 'default').sort())
  const error = await failure(() => new required.Client('shanyan', {}))
  assert.ok(error instanceof quhao.ConfigError)
})

test('the stack begins where the caller called or awaits', async () => {
  const client = shanyan(closed)
  async function callerThatAwaits() {
    return await client.fetchNumber(login('t'))
  }
  async function callerOfMany() {
    return await Promise.all([client.fetchNumber(login('t'))])
  }
  async function callerThatChains() {
    return await client.verifyNumber(numberCheck('c')).then((answer) => answer)
  }
  const callerOfSync = () => client.prepareFetchNumber({ nothing: 1 })
  const callerOfNew = () => new Client('nobody', {})
  for (const caller of [callerThatAwaits, callerOfMany, callerThatChains, callerOfSync, callerOfNew]) {
    const { stack } = await failure(caller)
    const [first] = stack.split('\n').slice(1).filter((line) => !line.includes('Promise.all'))
    assert.ok(first.includes(`${caller.name} (`) && first.includes('errors.test.mjs:'), stack)
  }
})

test('a stack survives whatever a program makes of stacks', async () => {
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.prepareStackTrace = (_, sites) => sites
    assert.equal((await failure(shanyan(closed).fetchNumber(login('t')))).kind, 'transport')
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = 0
    const error = await failure(shanyan(closed).fetchNumber(login('t')))
    assert.equal(error.kind, 'transport')
    assert.equal(typeof error.stack, 'string')
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit })
  }
})

test('what the network said is the cause, with the name that Node gives it', async () => {
  const error = await failure(shanyan(closed).fetchNumber(login('t')))
  assert.equal(error.phase, 'connect')
  const chain = []
  for (let cause = error.cause; cause; cause = cause.cause) chain.push(cause)
  assert.ok(chain.length >= 1 && chain.every((cause) => cause instanceof Error && cause.message.length > 0))
  assert.ok(chain.some(({ code, errno }) => code === 'ECONNREFUSED' && errno < 0), inspect(error, { depth: 9 }))
  assert.equal('cause' in (await failure(() => new Client('nobody', {}))), false)
})

test('a deadline that passed says so, and that the token may be spent', async () => {
  const error = await failure(shanyan(silent.url, { timeoutMs: 60 }).fetchNumber(login('t')))
  const { kind, phase, timeout, retry, charge } = error
  assert.deepEqual({ kind, phase, timeout, retry, charge }, {
    kind: 'transport', phase: 'receive', timeout: true, retry: 'new_token', charge: 'unknown',
  })
  assert.equal(error.requestId, login('t').randoms)
})

test('no form of an error shows a number or a key', async () => {
  const client = shanyan(closed)
  const body = JSON.stringify({ code: '400201', message: '号码13800138000不存在', chargeStatus: 0 })
  const errors = [
    await failure(() => client.read('fetchNumber', 200, body)),
    await failure(client.verifyNumber(numberCheck('c', '13800138000'), '13900139000')),
    await failure(() => new Client('shanyan', { appId: 'a', appKey: 'k9Tz 3mWq' })),
    await failure(() => new Client('shanyan', { appId: 'a', appKey: 'k', privateKey: 'k9Tz3mWq'.repeat(9) })),
  ]
  for (const error of errors) {
    const all = [inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error), error.stack].join('\n')
    for (const secret of ['13800138000', '13900139000', 'k9Tz']) assert.ok(!all.includes(secret), all)
  }
  assert.equal(errors[0].message, '号码138****8000不存在')
})

test('JSON of an error holds its message and its facts', async () => {
  const error = await failure(() => new Client('shanyan', {}))
  const { name, message, kind, retry } = JSON.parse(JSON.stringify(error))
  assert.deepEqual({ name, message, kind, retry }, { name: 'ConfigError', message: error.message, kind: 'config', retry: 'never' })
})

test('names in messages are spelled as they are here, and a gateway’s words are left alone', async () => {
  const client = shanyan(closed)
  for (const [options, message] of [
    [{}, "option appId: it is required (the app's appId from the console)"],
    [{ appId: 'x', appkey: 'y' }, 'unknown option appkey; did you mean appKey?'],
    [{ app_id: 'x' }, 'unknown option app_id; did you mean appId?'],
    [{ appId: 'x', timeOutMs: 3 }, 'unknown option timeOutMs; did you mean timeoutMs?'],
    [{ appId: 'x', appKey: 'y', timeoutMs: '5s' }, 'option timeoutMs: expected milliseconds, a whole number from 1 to 600000'],
  ]) {
    assert.equal((await failure(() => new Client('shanyan', options))).message, message)
  }
  const { message } = await failure(client.verifyIdentity({ number: '1', name: 'n', idCard: 'i' }))
  assert.match(message, /no verifyIdentity; it has fetchNumber, verifyNumber/)
  const quoted = JSON.stringify({ code: '403101', message: 'app_id refused' })
  assert.equal((await failure(() => client.read('fetchNumber', 200, quoted))).message, 'app_id refused')
})

test('a test of a login route can make its own errors', () => {
  const error = new quhao.TokenError({ kind: 'token', message: 'spent', retry: 'new_token' })
  const { name, code, retry, charge, vendorCode } = error
  assert.deepEqual([name, code, retry, charge, vendorCode], ['TokenError', 'QUHAO_TOKEN', 'new_token', 'unknown', null])
})

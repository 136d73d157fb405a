// What the tests share: the vectors, a phone, and a scripted gateway.

import { createHmac, publicEncrypt, constants } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Client } from 'quhao'

export const require = createRequire(import.meta.url)
export const root = fileURLToPath(new URL('../../..', import.meta.url))
export const native = require('../native/dev/quhao.node')
export const check = require('../dist/arguments.js')
export const { here } = require('../dist/errors.js')
const names = require('../dist/names.js')

const data = `${root}crates/vectors/data/`
export const key = (name) => readFileSync(`${data}keys/${name}`, 'utf8')

/** Every file of vectors, `{"$file": …}` replaced by the file's text. */
export function suites() {
  const withFiles = (_, value) => (value?.$file === undefined ? value : readFileSync(data + value.$file, 'utf8'))
  const folders = readdirSync(data).filter((folder) => !['behaviours', 'keys', 'seeds'].includes(folder))
  return folders.flatMap((folder) =>
    readdirSync(data + folder).sort()
      .filter((file) => file.endsWith('.json'))
      .map((file) => ({
        topic: `${folder}/${file.slice(0, -5)}`,
        ...JSON.parse(readFileSync(`${data}${folder}/${file}`, 'utf8'), withFiles),
      })),
  )
}

export const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Options by their names here; what a vector spells in camelCase, and is wrong there, is wrong here in snake_case. */
export const inCamel = (map) =>
  Object.fromEntries(Object.entries(map ?? {}).map(([name, value]) => [/[A-Z]/.test(name) ? snake(name) : camel(name), value]))

/** The private part of a client, which takes a moment. */
export const privately = (provider, options, apps) =>
  spoken(new native.NativeClient(provider, check.options(options), apps?.map(check.options)))

const spoken = (own) => ({
  app: (id) => spoken(own.app(id)),
  inspect: (request) => own.inspect(request),
  signature: (request) => own.signature(request),
  prepare(request) {
    const call = own.prepare(request)
    return { ...names.camelFields(call.facts()), read: (status, reply) => names.camelFields(call.read(status, reply)) }
  },
})

const APP = { appId: 'Qh7kT2vX', appKey: 'k9Tz3mWq' }

/** A client whose gateway is at `url`. */
export const shanyan = (url, more) => new Client('shanyan', { ...APP, privateKey: key('rsa2048.pkcs8.pem'), baseUrl: url, ...more })

/** What ShanYan's SDK returns for a login; `randoms` is the request's id. */
export function login(accessToken) {
  return signed({ accessToken })
}

/** What it returns for a number check. */
export function numberCheck(accessCode, mobile = '13800138000') {
  return signed({ accessCode, mobile })
}

function signed(fields) {
  const params = {
    appId: APP.appId,
    telecom: 'CMCC',
    timestamp: String(Date.now()),
    randoms: createHmac('md5', 'randoms').update(JSON.stringify(fields)).digest('hex'),
    version: '2.2.1',
    device: 'ZGV2aWNlPVBpeGVs',
    ...fields,
  }
  const base = Object.keys(params).sort().map((name) => name + params[name]).join('')
  return { ...params, sign: createHmac('sha1', APP.appKey).update(base).digest('base64') }
}

/** The gateway's answer to a login. */
export function numberReply(number, more) {
  const options = { key: key('rsa2048.pub.pem'), padding: constants.RSA_PKCS1_PADDING }
  const mobileName = publicEncrypt(options, Buffer.from(number)).toString('hex')
  return { code: '200000', message: '请求成功', chargeStatus: 1, data: { mobileName, encryptType: 'RSA', tradeNo: 't-1', ...more } }
}

/** The gateway's answer to a number check. */
export function verdictReply(isVerify, tradeNo) {
  return { code: '200000', message: '请求成功', chargeStatus: 1, data: { isVerify, tradeNo } }
}

/** A gateway on loopback: `answer(fields)` gives the reply's object, or a promise of it, or `null` for none at all. */
export async function gateway(answer) {
  const requests = []
  const server = createServer(async (request, response) => {
    const chunks = []
    const seen = { path: request.url, fields: undefined, gone: once(response, 'close') }
    for await (const chunk of request) chunks.push(chunk)
    seen.fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    requests.push(seen)
    server.emit('asked', seen)
    const reply = await answer(seen.fields)
    if (reply !== null) response.end(JSON.stringify(reply))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close, asked: () => once(server, 'asked') }
}

/** The error that a promise or a function ends with. */
export async function failure(run) {
  try {
    await (typeof run === 'function' ? run() : run)
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}

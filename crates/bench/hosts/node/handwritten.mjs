// The same operations as a good back end's own code does them: session kept, request signed, reply checked, number opened.

import { createHash, createHmac, randomBytes } from 'node:crypto'
import { Agent as HttpAgent } from 'node:http'
import axios from 'axios'
import forge from 'node-forge'
import { Agent, request } from 'undici'

const dispatcher = new Agent({ connections: 128, headersTimeout: 5000, bodyTimeout: 5000 })
const session = axios.create({ httpAgent: new HttpAgent({ keepAlive: true }), timeout: 5000, proxy: false })

/** How each HTTP client posts a body and gives the reply's object. */
export const posts = {
  async 'undici.request'(url, headers, body) {
    const reply = await request(url, { method: 'POST', headers, body, dispatcher })
    if (reply.statusCode !== 200) throw new Error(`HTTP status ${reply.statusCode}`)
    return reply.body.json()
  },
  async fetch(url, headers, body) {
    const reply = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) })
    if (!reply.ok) throw new Error(`HTTP status ${reply.status}`)
    return reply.json()
  },
  async axios(url, headers, body) {
    const { data } = await session.post(url, body, { headers })
    return data
  },
}

/** ShanYan V1: what the phone signed is relayed as a form, and the number comes under DES. */
export async function fetchNumber(post, origin, { path, params, options }) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const reply = await post(origin + path, headers, new URLSearchParams(params).toString())
  if (reply.code !== '200000') throw new Error(`${reply.code} ${reply.message}`)
  return openDes(options.app_key, reply.data.mobileName)
}

/** Single DES, which node:crypto refuses on OpenSSL 3. */
export function openDes(appKey, ciphertext) {
  const decipher = forge.cipher.createDecipher('DES-CBC', appKey.slice(0, 8))
  decipher.start({ iv: '\x01\x02\x03\x04\x05\x06\x07\x08' })
  decipher.update(forge.util.createBuffer(forge.util.decode64(ciphertext)))
  if (!decipher.finish()) throw new Error('the number could not be decrypted')
  return decipher.output.toString()
}

/** The body of a ShanYan V2 request. */
export function shanyanV2({ params, options }) {
  const fields = { appId: options.app_id, token: params.token }
  const base = Object.keys(fields).sort().map((name) => name + fields[name]).join('')
  const sign = createHmac('sha256', options.app_key).update(base).digest('hex').toUpperCase()
  return new URLSearchParams({ ...fields, sign }).toString()
}

/** The body of a China Mobile login. */
export function chinaMobile({ params, options }) {
  const msgid = randomBytes(16).toString('hex')
  const beijing = new Date(Date.now() + 8 * 3_600_000)
  const systemtime = beijing.toISOString().replace(/[-T:.Z]/g, '')
  const fields = { version: '2.0', msgid, systemtime, strictcheck: '0', appid: options.app_id, token: params.token }
  const base = fields.appid + fields.version + msgid + systemtime + fields.strictcheck + fields.token + options.app_secret
  return JSON.stringify({ ...fields, sign: createHash('md5').update(base).digest('hex').toUpperCase() })
}

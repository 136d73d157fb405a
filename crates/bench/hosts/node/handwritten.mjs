// The same login as a good back end's own code does it: connections kept, request signed, reply checked, number decrypted.

import { createDecipheriv, createHash, createHmac } from 'node:crypto'
import { Agent, request } from 'undici'

const dispatcher = new Agent({ connections: 128, headersTimeout: 60_000, bodyTimeout: 60_000 })
const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }

/** How each HTTP client posts a body and returns the reply's object. */
export const posts = {
  async undici(url, body) {
    const reply = await request(url, { method: 'POST', headers, body, dispatcher })
    if (reply.statusCode !== 200) throw new Error(`HTTP status ${reply.statusCode}`)
    return reply.body.json()
  },
  async fetch(url, body) {
    const reply = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) })
    if (!reply.ok) throw new Error(`HTTP status ${reply.status}`)
    return reply.json()
  },
}

/** A ShanYan V2 login. */
export async function fetchNumber(post, url, params, options) {
  const reply = await post(url, bodyOf(params, options))
  if (reply.code !== '200000') throw new Error(`${reply.code} ${reply.message}`)
  return decrypted(options.app_key, reply.data.mobileName)
}

export function bodyOf(params, options) {
  const fields = { appId: options.app_id, token: params.token }
  const base = Object.keys(fields).sort().map((name) => name + fields[name]).join('')
  const sign = createHmac('sha256', options.app_key).update(base).digest('hex').toUpperCase()
  return new URLSearchParams({ ...fields, sign }).toString()
}

/** AES-128-CBC; the halves of `hex(MD5(app_key))` are key and iv. */
export function decrypted(appKey, ciphertext) {
  const secret = createHash('md5').update(appKey).digest('hex')
  const decipher = createDecipheriv('aes-128-cbc', secret.slice(0, 16), secret.slice(16))
  return decipher.update(ciphertext, 'hex', 'utf8') + decipher.final('utf8')
}

/** Arguments as JavaScript hands them over, into what the native part takes. No message holds a value. */

import { snake } from './names.js'
import type { Params, Request } from './native.js'

/** What an SDK's field may be; apps relay all of these. */
export type ParamValue = string | number | bigint | boolean | null | undefined

/** What the phone's SDK returned: its map, or the bare token. */
export type SdkResult = string | Readonly<Record<string, ParamValue>> | ReadonlyMap<string, ParamValue> | URLSearchParams

/** Options by the core's names. */
export function options(given: unknown): Record<string, string> {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong('options', 'an object', given)
  const texts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue
    // The vendors' switches are 0 and 1.
    texts[snake(text('an option’s name', name))] = typeof value === 'boolean' ? String(Number(value)) : plain(name, value)
  }
  return texts
}

export function params(given: unknown): Params {
  if (typeof given === 'string') return text('params', given)
  if (Array.isArray(given)) return []
  if (typeof given !== 'object' || given === null || ArrayBuffer.isView(given) || given instanceof Promise) {
    throw wrong('params', 'what the phone’s SDK returned', given)
  }
  const isMap = given instanceof Map || given instanceof URLSearchParams
  const fields: Record<string, unknown> = isMap ? Object.fromEntries(given) : { ...given }
  for (const name of Object.keys(fields)) {
    const value = fields[text('a field’s name', name)]
    // What is no text is for the core to refuse.
    if (value === undefined) delete fields[name]
    else if (typeof value === 'object') fields[name] = value === null ? null : Array.isArray(value) ? [] : {}
    else fields[name] = plain(`params.${name}`, value)
  }
  return fields as Params
}

/** A string, in which every character is whole. */
export function text(name: string, given: unknown): string {
  if (typeof given !== 'string') throw wrong(name, 'a string', given)
  if (!given.isWellFormed()) throw wrong(name, 'well-formed text', 'a string with half a surrogate pair in it')
  return given
}

export function textOrNone(name: string, given: unknown): string | undefined {
  return given === undefined || given === null ? undefined : text(name, given)
}

export function person(given: unknown): Required<Pick<Request, 'number' | 'name' | 'idCard'>> & { number: string } {
  if (typeof given !== 'object' || given === null) throw wrong('person', '{ number, name, idCard }', given)
  const { number, name, idCard } = given as Record<string, unknown>
  return { number: text('number', number), name: text('name', name), idCard: text('idCard', idCard) }
}

/** The signal of a call's last argument. */
export function signal(given: unknown): AbortSignal | undefined {
  if (given === undefined) return undefined
  if (typeof given !== 'object' || given === null) throw wrong('the last argument', '{ signal }', given)
  const found = (given as { signal?: unknown }).signal
  if (found === undefined || found === null) return undefined
  // Not `instanceof`: a test runner's realm has its own AbortSignal.
  if (typeof found !== 'object' || !('aborted' in found) || !('addEventListener' in found)) {
    throw wrong('signal', 'an AbortSignal', found)
  }
  return found as AbortSignal
}

export function status(given: unknown): number {
  return whole('status', given, 100, 999)
}

/** A whole number within bounds. */
export function whole(name: string, given: unknown, least: number, most: number): number {
  if (typeof given !== 'number') throw wrong(name, 'a number', given)
  if (!Number.isInteger(given) || given < least || given > most) {
    const message = `${name}: expected a whole number from ${least} to ${most}`
    throw Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' })
  }
  return given
}

export function body(given: unknown): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given)
  if (given instanceof Uint8Array) return given
  if (given instanceof ArrayBuffer) return new Uint8Array(given)
  throw wrong('body', 'a string or bytes', given)
}

function plain(name: string, value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'string':
      return text(name, value)
    default:
      throw wrong(name, 'a string, a number or a boolean', value)
  }
}

/** A TypeError as Node's own functions throw it. */
export function wrong(name: string, expected: string, got: unknown): TypeError {
  const what = typeof got === 'string' && got.startsWith('a string with') ? got : kindOf(got)
  return Object.assign(new TypeError(`${name}: expected ${expected}, got ${what}`), { code: 'ERR_INVALID_ARG_TYPE' })
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Promise) return 'a promise; await it first'
  if (ArrayBuffer.isView(value)) return 'bytes; decode them first'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/**
 * What an operation asks, as the native part reads it.
 *
 * A phone's params where all are text, and they nearly always are, go as a record: the operation, `=` and the number or
 * `-`, then the bare token, or the names of all fields and as many values, with U+0000 between them. All else goes as JSON.
 */

import * as check from './arguments.js'

/** An operation and its arguments, by the core's names: what the JSON holds. */
export interface Question {
  operation: string
  params?: Params
  number?: string
  name?: string
  id_card?: string
  /** A chosen time and 32 hex digits, for known answers: `1532417231567:0123…`. */
  moment?: string
}

/** A bare token, or fields whose texts are checked; a field that is no text is for the core to refuse. */
export type Params = string | [] | { [field: string]: string | null | undefined | [] | Record<never, never> }

export function aboutPhone(operation: string, params: unknown, number?: unknown): string {
  const asked = check.textOrNone('number', number)
  const text = record(operation, asked, params)
  if (text !== undefined) return text
  const question: Question = { operation, params: check.params(params) }
  if (asked !== undefined) question.number = asked
  return JSON.stringify(question)
}

export function aboutPerson(person: unknown): string {
  return JSON.stringify({ operation: 'verify_identity', ...check.person(person) } satisfies Question)
}

/** Nothing for what a record cannot hold. */
function record(operation: string, number: string | undefined, params: unknown): string | undefined {
  let text = number === undefined ? `${operation}\0-` : `${operation}\0=${number}`
  if (typeof params === 'string') {
    if (isParted(params)) return undefined
    text += `\0${params}`
  } else {
    if (typeof params !== 'object' || params === null || Object.getPrototypeOf(params) !== Object.prototype) return undefined
    const [names, values] = [Object.keys(params), Object.values(params)]
    if (!values.every(isText) || values.some(isParted) || isParted(names.join(''))) return undefined
    if (names.length > 0) text += `\0${names.join('\0')}\0${values.join('\0')}`
  }
  return text.isWellFormed() ? text : undefined
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isParted(text: string): boolean {
  return text.includes('\0')
}

/** The core's names and JavaScript's: the same words, in snake_case and in camelCase. */

import { native } from './native.js'

/** `appId` → `app_id`. An underscore is doubled, so that `app_id` is not a second spelling. */
export function snake(name: string): string {
  return name.replace(/[A-Z_]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `app_id` → `appId`: undoes `snake`. */
export function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The same fields under their names here; what is inside them keeps the names it came with. */
export function camelFields(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]))
}

/** A text of the core's, its names as they are here; `given` are names that the caller wrote. */
export function spelled(text: string, given: readonly string[] = []): string {
  known ??= namesOfCore()
  // The core shows no more than 32 characters of a name that it does not know.
  const also = given.map((name) => snake(name).slice(0, 32))
  return text.replace(/\w+/g, (word) => (known?.has(word) || also.includes(word) ? camel(word) : word))
}

let known: Set<string> | undefined

function namesOfCore(): Set<string> {
  const providers = native.providers()
  const options = providers.flatMap((provider) => provider.options.map((option) => option.name))
  const operations = providers.flatMap((provider) => provider.operations)
  return new Set([...options, ...operations, 'decrypt_number', 'id_card', 'request_id', 'trade_no', 'vendor_code'])
}

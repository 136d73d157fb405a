/** 取号: turns what a phone's carrier SDK returned into a verified phone number. */

import { text } from './arguments.js'
import type { Charge, ErrorKind } from './errors.js'
import { spelled } from './names.js'
import { native } from './native.js'
import type { Verdict } from './results.js'

export { Call, Client } from './client.js'
export type { AnswerTo, CallOptions, Finding, Inspection, Person } from './client.js'
export {
  ConfigError,
  CredentialsError,
  DecryptError,
  ForbiddenError,
  InputError,
  ProtocolError,
  QuhaoError,
  QuotaError,
  TokenError,
  TransportError,
  UnavailableError,
} from './errors.js'
export type { Charge, ErrorFacts, ErrorKind, Phase, Retry } from './errors.js'
export type { ParamValue, SdkResult } from './arguments.js'
export { counters } from './events.js'
export type { CallEvent, Counter } from './events.js'
export type * from './providers.js'
export { Phone, Sandbox } from './sandbox.js'
export type { App, AppOptions, Carrier, Endpoint, Entry, SandboxOptions } from './sandbox.js'
export { FetchedNumber, Verification } from './results.js'
export type { Json, Receipt, Risk, Verdict } from './results.js'

/** Finds what a vendor's code means, over all providers. */
export function explain(code: string): readonly CodeRow[] {
  return native.explain(text('code', code)).map((row) => ({ ...row, hint: spelled(row.hint) }) as CodeRow)
}

/** What a vendor's code means. */
export interface CodeRow {
  readonly provider: string
  /** The interface whose table it is, in the vendor's spelling. */
  readonly table: string
  readonly code: string
  /** A part of the vendor's message that narrows the code down. */
  readonly fragment: string | null
  /** A verdict, an error's kind, or `on_phone`: told by the phone's SDK to the app, and by no gateway to a back end. */
  readonly meaning: 'answer' | 'on_phone' | Verdict | ErrorKind
  readonly charge: Charge
  /** The vendor's words. */
  readonly zh: string
  readonly en: string
  /** What to do, in Chinese and English. */
  readonly hint: string
}

/** This package's version. */
export const version: string = native.version()

/** 取号: turns what a phone's carrier SDK returned into a verified phone number. */

import { text } from './arguments.js'
import { spelled } from './names.js'
import { native, type CodeRow } from './native.js'

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
export type { CodeRow } from './native.js'
export type * from './providers.js'
export { Phone, Sandbox } from './sandbox.js'
export type { App, AppOptions, Carrier, Entry, SandboxOptions } from './sandbox.js'
export { FetchedNumber, Verification } from './results.js'
export type { Json, Receipt, Risk, Verdict } from './results.js'

/** Finds what a vendor's code means, over all providers. */
export function explain(code: string): readonly CodeRow[] {
  return native.explain(text('code', code)).map((row) => ({ ...row, hint: spelled(row.hint) }))
}

/** This package's version. */
export const version: string = native.about().version

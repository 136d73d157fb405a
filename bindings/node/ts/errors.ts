import { getSystemErrorName } from 'node:util'

import { masked } from './mask.js'
import { camelFields, spelled } from './names.js'

/** Whose fault a failure is. */
export type ErrorKind =
  | 'config'
  | 'credentials'
  | 'decrypt'
  | 'forbidden'
  | 'input'
  | 'protocol'
  | 'quota'
  | 'token'
  | 'transport'
  | 'unavailable'

/** What may be tried again; `new_token` only with a new token from the phone, as this one may be spent. */
export type Retry = 'never' | 'same_token' | 'new_token'

/** Whether the vendor bills a call. */
export type Charge = 'yes' | 'no' | 'unknown'

/** Where in an exchange the network failed. */
export type Phase = 'connect' | 'send' | 'receive'

/** What an error is made of; tests of a login route may make their own. */
export interface ErrorFacts {
  kind: ErrorKind
  message: string
  retry?: Retry
  charge?: Charge
  provider?: string | null
  vendorCode?: string | null
  hint?: string
  requestId?: string | null
  phase?: Phase | null
  timeout?: boolean
  causes?: readonly { message: string; errno: number | null }[]
}

/** A failed operation, with all a caller needs to decide what comes next. No text in it is secret. */
export class QuhaoError extends Error {
  /** `QUHAO_` and the kind: `QUHAO_TOKEN`. */
  readonly code: `QUHAO_${Uppercase<ErrorKind>}`
  readonly kind: ErrorKind
  readonly retry: Retry
  readonly charge: Charge
  /** The provider's id, such as `shanyan`. */
  readonly provider: string | null
  /** The vendor's code as the gateway wrote it. */
  readonly vendorCode: string | null
  /** What to do about it, in Chinese and English. */
  readonly hint: string
  /** The id under which the vendor can find the request. */
  readonly requestId: string | null
  /** Where the network failed; only for `transport`. */
  readonly phase: Phase | null
  /** Whether a deadline passed. */
  readonly timeout: boolean

  constructor(facts: ErrorFacts) {
    super(facts.message, causeOf(facts.causes ?? []))
    this.code = `QUHAO_${facts.kind.toUpperCase() as Uppercase<ErrorKind>}`
    this.kind = facts.kind
    this.retry = facts.retry ?? 'never'
    this.charge = facts.charge ?? 'unknown'
    this.provider = facts.provider ?? null
    this.vendorCode = facts.vendorCode ?? null
    this.hint = facts.hint ?? ''
    this.requestId = facts.requestId ?? null
    this.phase = facts.phase ?? null
    this.timeout = facts.timeout ?? false
  }

  /** The facts as plain data, for logs. */
  toJSON(): object {
    const { name, message } = this
    return Object.assign({ name, message }, this)
  }
}

/** The caller's code or options, found before any I/O. */
export class ConfigError extends QuhaoError {}
/** The gateway refused the key or the signature. */
export class CredentialsError extends QuhaoError {}
/** The number did not open: wrong key or corrupt payload. */
export class DecryptError extends QuhaoError {}
/** The account, app or address may not do this. */
export class ForbiddenError extends QuhaoError {}
/** The request as asked is wrong. */
export class InputError extends QuhaoError {}
/** The gateway broke its contract. */
export class ProtocolError extends QuhaoError {}
/** Balance, frequency or contract is used up. */
export class QuotaError extends QuhaoError {}
/** The phone's token is expired, reused or of another app. */
export class TokenError extends QuhaoError {}
/** The network failed; `phase` and `retry` say how far the request got. */
export class TransportError extends QuhaoError {}
/** The gateway or the carrier is down. */
export class UnavailableError extends QuhaoError {}

const CLASSES: Record<ErrorKind, typeof QuhaoError> = {
  config: ConfigError,
  credentials: CredentialsError,
  decrypt: DecryptError,
  forbidden: ForbiddenError,
  input: InputError,
  protocol: ProtocolError,
  quota: QuotaError,
  token: TokenError,
  transport: TransportError,
  unavailable: UnavailableError,
}

for (const named of [QuhaoError, ...Object.values(CLASSES)]) {
  Object.defineProperty(named.prototype, 'name', { value: named.name, configurable: true, writable: true })
}

/** A stack for an error. */
export interface Site {
  stack?: string
}

/** Notes where `method` was called, or who awaits it. */
export function site(method: Function): Site {
  const here: Site = {}
  Error.captureStackTrace(here, method)
  return here
}

/** The facts of a failure, by the core's names, as an error whose stack begins where the caller called. */
export function errorOf(plain: object, at: Site, given?: readonly string[]): QuhaoError {
  const facts = camelFields(plain) as unknown as ErrorFacts
  // What carries a vendor's code quotes the gateway, and is left as it is.
  if (!facts.vendorCode) facts.message = spelled(facts.message, given)
  facts.hint = spelled(facts.hint ?? '')
  const error = new (CLASSES[facts.kind] ?? QuhaoError)(facts)
  const begin = typeof at.stack === 'string' ? at.stack.indexOf('\n    at ') : -1
  if (begin >= 0) {
    // Node's own queue may stand between a call's end and who awaits it.
    const frames = at.stack?.slice(begin).replace(/^\n    at process\.processTicksAndRejections .*/, '')
    const stack = `${error.name}: ${error.message}${frames}`
    Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  }
  return error
}

/** Runs `run`. The facts that it throws become an error whose stack begins where `method` was called; see `spelled` for `given`. */
export function here<T>(method: Function, run: () => T, given?: readonly string[]): T {
  try {
    return run()
  } catch (thrown) {
    const isFacts = !(thrown instanceof Error) && 'kind' in (thrown as object)
    throw isFacts ? errorOf(thrown as object, site(method), given) : thrown
  }
}

/** The chain of causes, as errors; what the operating system numbers gets its name. */
function causeOf(causes: NonNullable<ErrorFacts['causes']>): ErrorOptions | undefined {
  let cause: Error | undefined
  for (const { message, errno } of [...causes].reverse()) {
    const error = new Error(masked(message), cause && { cause })
    error.stack = `Error: ${error.message}`
    cause = errno === null ? error : Object.assign(error, { errno: -errno, code: getSystemErrorName(-errno) })
  }
  return cause && { cause }
}

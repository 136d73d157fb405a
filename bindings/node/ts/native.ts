/** The native part. Everything that it takes has been checked, and everything that it throws is `ErrorFacts`. */

import type { ErrorFacts } from './errors.js'

export interface Native {
  NativeClient: new (provider: string, options: Record<string, string>, apps?: Record<string, string>[]) => NativeClient
  NativeSandbox: new (port: number, tls: boolean, caFile?: string) => NativeSandbox
  Flight: new () => Flight
  explain(code: string): CodeRow[]
  about(): About
}

export interface NativeClient {
  app(appId: string): NativeClient
  /** Resolves to null if it was cancelled. */
  call(question: Question, flight?: Flight): Promise<object | null>
  prepare(question: Question): NativeCall
  read(question: Question, status: number, body: Uint8Array): object
  decryptNumber(ciphertext: string): string
  inspect(question: Question): object
  signature(question: Question): [algorithm: string, base: string, value: string]
}

export interface NativeCall {
  parts(): { method: string; url: string; headers: Record<string, string>; body: string; requestId: string | null }
  read(status: number, body: Uint8Array): object
}

/** A handle on a call under way. */
export interface Flight {
  cancel(): void
}

export interface NativeSandbox {
  close(): void
  about(): { url: string; caCertificate: string | null; apps: SandboxApp[] }
  options(app: string): Record<string, string>
  params(phone: { number: string; carrier: string; typed: string }, app: string, operation: string): Record<string, string>
  nowMs(): number
  tell(what: string, told: string[]): void
  ledger(): [entry: object, revealed: string | null][]
}

export interface SandboxApp {
  name: string
  provider: string
  zh: string
  en: string
  operations: string[]
}

/** An operation and its arguments, by the core's names. */
export interface Question {
  operation: string
  params?: Params
  number?: string
  name?: string
  id_card?: string
  /** A chosen time and 32 hex digits, for known answers. */
  moment?: { now_ms: string; nonce: string }
}

/** A bare token, or fields whose texts are checked; a field that is no text is for the core to refuse. */
export type Params = string | [] | { [field: string]: string | [] | Record<never, never> }

/** What a vendor's code means. */
export interface CodeRow {
  readonly provider: string
  /** The interface whose table it is, in the vendor's spelling. */
  readonly table: string
  readonly code: string
  /** A part of the vendor's message that narrows the code down. */
  readonly fragment: string | null
  /** `on_phone`: told by the phone's SDK to the app; no gateway answers it to a back end. */
  readonly meaning: 'answer' | 'failure' | 'on_phone' | 'verdict'
  readonly kind: ErrorFacts['kind'] | null
  readonly verdict: 'match' | 'mismatch' | 'unknown' | null
  readonly charge: 'yes' | 'no' | 'unknown'
  /** The vendor's words. */
  readonly zh: string
  readonly en: string
  /** What to do, in Chinese and English. */
  readonly hint: string
}

export interface About {
  version: string
  common: OptionSpec[]
  providers: { id: string; zh: string; en: string; operations: string[]; options: OptionSpec[] }[]
}

export interface OptionSpec {
  name: string
  form: string
  choices: string[]
  secret: boolean
  required: boolean
  default: string | null
  zh: string
  en: string
}

export const native: Native = load()

function load(): Native {
  try {
    return require('#addon')
  } catch (cause) {
    const here = `Node ${process.versions.node} on ${process.platform}-${process.arch}`
    throw new Error(`quhao has no native part for ${here}; build it with: npm rebuild quhao`, { cause })
  }
}

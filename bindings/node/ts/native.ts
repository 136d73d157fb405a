/** The native part. Everything that it takes has been checked, and what it answers is JSON by the core's names. */

export interface Native {
  NativeClient: new (provider: string, options: Record<string, string>, apps?: Record<string, string>[]) => NativeClient
  NativeSandbox: new (port: number, tls: boolean, caFile?: string) => NativeSandbox
  Mailbox: new (onMail: (letters: string) => void) => Mailbox
  counters(): string
  explain(code: string): string
  providers(): string
  version(): string
}

/** A `question` is JSON of a `Question`. */
export interface NativeClient {
  app(appId: string): NativeClient
  /** The mailbox gets the answer under the ticket, and beside it the event if `told`; what ends at once is returned. */
  call(question: string, mailbox: Mailbox, ticket: number, told: boolean): string | null
  prepare(question: string): NativeCall
  read(operation: string, status: number, body: Uint8Array): string
  decryptNumber(ciphertext: string): string
  inspect(question: string): string
  signature(question: string): string
}

export interface NativeCall {
  parts(): string
  read(status: number, body: Uint8Array): string
}

/** Where answers come in, as a JSON list of `Letter`s; see `mail.ts`. */
export interface Mailbox {
  cancel(ticket: number): void
}

export interface NativeSandbox {
  close(): void
  about(): string
  options(app: string): Record<string, string>
  endpoint(name: string): Record<string, string>
  params(phone: { number: string; carrier: string; typed: string }, app: string, operation: string): Record<string, string>
  nowMs(): number
  tell(what: string, told: string[]): void
  ledger(): string
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
export type Params = string | [] | { [field: string]: string | null | undefined | [] | Record<never, never> }

/** What is known of a provider. */
export interface ProviderInfo {
  id: string
  zh: string
  en: string
  operations: string[]
  options: { name: string; form: string; choices: string[]; secret: boolean; required: boolean; default: string | null; zh: string; en: string }[]
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

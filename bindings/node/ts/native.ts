/** The native part. Everything that it takes has been checked, and what it answers is JSON by the core's names. */

/** A `question` is as `question.ts` writes it. */
export interface Native {
  configure(provider: string, options: Record<string, string>, apps?: Record<string, string>[]): NativeClient
  app(client: NativeClient, appId: string): NativeClient
  /** The mailbox gets the answer under the ticket, and beside it the event if `told`. Returns what has come in by then. */
  call(client: NativeClient, question: string, mailbox: Mailbox, ticket: number, told: boolean): string | null
  /** Lines: the moment, the request id or nothing, JSON of method, url and headers; then the body. */
  prepare(client: NativeClient, question: string): string
  readPrepared(client: NativeClient, question: string, moment: string, status: number, body: Uint8Array): string
  read(client: NativeClient, operation: string, status: number, body: Uint8Array): string
  decryptNumber(client: NativeClient, ciphertext: string): string
  inspect(client: NativeClient, question: string): string
  signature(client: NativeClient, question: string): string

  Mailbox: new (onMail: (letters: string) => void, isNode: boolean) => Mailbox
  NativeSandbox: new (port: number, tls: boolean, caFile?: string) => NativeSandbox

  counters(): string
  explain(code: string): string
  providers(): string
  version(): string
}

declare const HELD: unique symbol

/** Held by JavaScript, and of use to the native part alone. */
export interface NativeClient {
  readonly [HELD]: never
}

/** Where answers come in, as a JSON list of `Letter`s; see `mail.ts`. */
export interface Mailbox {
  /** Returns what has come in by then. */
  cancel(ticket: number): string | null
}

export interface NativeSandbox {
  close(): void
  /** An order by the core's name and what it needs; the answer is JSON. */
  tell(order: string, given: string[]): string
}

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

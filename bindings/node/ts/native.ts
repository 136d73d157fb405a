/** The native part. Its arguments have been checked; the names inside what it returns are the core's, in snake_case. */

import type { Inspection } from './client.js'

export interface Native {
  NativeAbort: new () => NativeAbort
  NativeClient: new (provider: string, options: Record<string, string>, apps?: Record<string, string>[]) => NativeClient
  NativeSandbox: new (port: number, tls: boolean, caFile?: string) => NativeSandbox

  counters(): { operation: string; calls: number | bigint }[]
  explain(code: string): { hint: string }[]
  providers(): ProviderInfo[]
  version(): string
}

export interface NativeClient {
  app(appId: string): NativeClient
  /** The event comes along if `told`; null stands for a call that was aborted or panicked. */
  call(request: Request, told: boolean, abort?: NativeAbort): Promise<Ended | null>
  prepare(request: Request): NativeCall
  read(operation: string, status: number, body: Uint8Array): object
  decryptNumber(ciphertext: string): string
  inspect(request: Request): Inspection
  signature(request: Request): object
}

/** An operation and its arguments. */
export interface Request {
  operation: string
  params?: Params
  number?: string | undefined
  name?: string
  idCard?: string
  /** The time together with 16 bytes as a nonce: for known answers. */
  nowMs?: number
  nonce?: Uint8Array
}

/** A bare token, or fields whose texts are checked; a field that is no text is for the core to refuse. */
export type Params = string | [] | { [field: string]: string | null | [] | Record<never, never> }

export type Ended = { event: object | null } & ({ result: object; error: null } | { result: null; error: object })

export interface NativeCall {
  facts(): { method: string; url: string; headers: Record<string, string>; body: string; request_id: string | null }
  read(status: number, body: Uint8Array): object
}

export interface NativeAbort {
  /** Drops the request: nothing more is sent. */
  abort(): void
}

export interface NativeSandbox {
  close(): void
  run(command: { command: string }): unknown
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
    const remedy = 'install it on this platform and with optional dependencies, or build it with: npm rebuild quhao'
    throw new Error(`quhao has no native part for ${here}; ${remedy}`, { cause })
  }
}

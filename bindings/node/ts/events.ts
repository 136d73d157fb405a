/** What is told of calls for logs and metrics: never a number, a token, a name or a vendor's words. */

import { channel } from 'node:diagnostics_channel'

import type { Charge, ErrorKind, Phase, Retry } from './errors.js'
import { camel, camelFields } from './names.js'
import { native } from './native.js'
import type { Operation } from './providers.js'
import type { Verdict } from './results.js'

/** How a call ended: what is published on the diagnostics channel `quhao:call`. */
export interface CallEvent {
  /** The provider's id, such as `shanyan`. */
  readonly provider: string
  readonly operation: Operation
  readonly outcome: 'fetched' | Verdict | ErrorKind
  /** Whose fault it was; `null` for an answer. */
  readonly kind: ErrorKind | null
  /** Whether it may be tried again; `null` for an answer. */
  readonly retry: Retry | null
  /** Where the network failed. */
  readonly phase: Phase | null
  /** The vendor's code as the gateway wrote it. */
  readonly vendorCode: string | null
  readonly charge: Charge
  /** The id under which the vendor can find the request. */
  readonly requestId: string | null
  /** From the call to its answer. */
  readonly durationMs: number
  /** Whether the request was another call's, which had the same token at the same time. */
  readonly shared: boolean
}

/** Calls that ended alike, since the process started. */
export interface Counter {
  readonly provider: string
  readonly operation: Operation
  readonly outcome: CallEvent['outcome']
  /** The vendor's code; `undocumented` for one that its tables do not hold. */
  readonly vendorCode: string | null
  readonly charge: Charge
  readonly shared: boolean
  /** How many. */
  readonly calls: number
  /** How long they took together. */
  readonly durationMs: number
}

/** How calls have ended in this process, those of its other threads included; in no order. */
export function counters(): readonly Counter[] {
  // The native part has 64 bits for a count.
  return native.counters().map((row) => named<Counter>({ ...row, calls: Number(row.calls) }))
}

/** Somebody who subscribes to it is told of every call of this thread's. */
export const CALLS = channel('quhao:call')

/** Publishes an event in the caller's own async context. A listener that throws is an uncaught exception of its own. */
export function publish(event: object): void {
  CALLS.publish(named<CallEvent>(event))
}

function named<T>(fields: object): T {
  const told = camelFields(fields)
  return Object.freeze({ ...told, operation: camel(told.operation as string) }) as T
}

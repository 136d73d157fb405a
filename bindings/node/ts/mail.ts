/** The calls under way on this thread. Answers that come in together are one wake-up and one JSON text. */

import { whenAborted } from './abort.js'
import { here } from './errors.js'
import { native, type Mailbox, type NativeClient } from './native.js'

/** What became of a call: `null` if it broke off, else the answer or its error, and the event if it was to be told. */
export type Letter = readonly [ticket: number, ended: object | { error: object } | null, event?: object]

/** Sends a question. The promise rejects with the signal's reason, or with what the native part throws. */
export function send(client: NativeClient, question: string, told: boolean, signal?: AbortSignal): Promise<Letter> {
  return new Promise((resolve, reject) => {
    const box = (mailbox ??= new native.Mailbox(receive, IS_NODE))
    const ticket = next
    next = (next + 1) >>> 0
    const letters = here(send, () => native.call(client, question, box, ticket, told))
    WAITING.set(ticket, signal === undefined ? resolve : underSignal(signal))
    receive(letters)

    function underSignal(signal: AbortSignal): (letter: Letter) => void {
      const landed = whenAborted(signal, () => {
        landed()
        WAITING.delete(ticket)
        reject(signal.reason)
        receive(box.cancel(ticket))
      })
      return (letter) => {
        landed()
        resolve(letter)
      }
    }
  })
}

function receive(letters: string | null): void {
  if (letters === null) return
  for (const letter of JSON.parse(letters) as Letter[]) {
    const resolve = WAITING.get(letter[0])
    WAITING.delete(letter[0])
    resolve?.(letter)
  }
}

/** Other hosts of Node-API have an event loop of another kind, though some go by libuv's names. */
const IS_NODE = process.versions['bun'] === undefined && process.versions['deno'] === undefined
const WAITING = new Map<number, (letter: Letter) => void>()
let mailbox: Mailbox | undefined
let next = 0

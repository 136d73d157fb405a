import { native, type NativeAbort } from './native.js'

/** Begins a call, and drops it when the signal aborts: the promise then rejects with the signal's reason. */
export function underSignal<T>(signal: AbortSignal, begin: (abort: NativeAbort) => Promise<T>): Promise<T> {
  const abort = new native.NativeAbort()
  const call = begin(abort)
  return new Promise((resolve, reject) => {
    const unwatch = whenAborted(signal, () => {
      unwatch()
      abort.abort()
      reject(signal.reason)
    })
    call.finally(unwatch).then(resolve, reject)
  })
}

/**
 * Does `end` when a signal aborts, until the function that this returns is called.
 *
 * A signal has one listener of ours, however many calls it is for: a program may well have a thousand under one, and
 * Node warns of a leak at eleven.
 */
function whenAborted(signal: AbortSignal, end: () => void): () => void {
  const { ends, abort } = UNDER.get(signal) ?? watch(signal)
  ends.add(end)
  return () => {
    ends.delete(end)
    if (ends.size > 0) return
    signal.removeEventListener('abort', abort)
    UNDER.delete(signal)
  }
}

function watch(signal: AbortSignal): Watch {
  const ends = new Set<() => void>()
  const abort = () => ends.forEach((end) => end())
  signal.addEventListener('abort', abort, { once: true })
  UNDER.set(signal, { ends, abort })
  return { ends, abort }
}

interface Watch {
  ends: Set<() => void>
  abort: () => void
}

const UNDER = new WeakMap<AbortSignal, Watch>()

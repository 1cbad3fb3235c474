// The page's side of a demo's worker: calls with typed arguments and results, progress, and a stop.
import type { FromPage, ToPage } from './messages.ts'
import type { Call } from './serve.ts'

type Given<C> = C extends Call<infer G, unknown, unknown> ? G : never
type Result<C> = C extends Call<never, infer R, unknown> ? R : never
type Told<C> = C extends Call<never, unknown, infer T> ? T : never

/** How a call runs. */
export interface CallOptions<T> {
  readonly onTold?: (told: T) => void
  readonly signal?: AbortSignal
}

/** A worker that answers `Calls`. */
export interface DemoWorker<Calls> {
  /** Rejects with what the worker threw, or with an `AbortError` for a call that was stopped. */
  call<N extends keyof Calls & string>(
    name: N,
    given: Given<Calls[N]>,
    options?: CallOptions<Told<Calls[N]>>,
  ): Promise<Result<Calls[N]>>
  /** Ends the worker with everything that it does. */
  end(): void
}

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  readonly onTold: ((told: never) => void) | undefined
}

/** What a worker is asked through; `onRan` hears which back end ran, after each call. */
export function demoWorker<Calls>(
  worker: Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>,
  onRan: (ran: string) => void,
): DemoWorker<Calls> {
  const pending = new Map<number, Pending>()
  let last = 0
  const send = (message: FromPage): void => worker.postMessage(message)
  const settle = (id: number): Pending | undefined => {
    const found = pending.get(id)
    pending.delete(id)
    return found
  }
  worker.addEventListener('message', (event) => {
    const message = (event as MessageEvent).data as ToPage
    if (message.kind === 'told') return pending.get(message.id)?.onTold?.(message.told as never)
    if (message.kind === 'failed') {
      const error = new Error(message.message)
      error.name = message.stopped ? 'AbortError' : message.name
      return settle(message.id)?.reject(error)
    }
    onRan(message.ran)
    settle(message.id)?.resolve(message.result)
  })
  worker.addEventListener('error', (event) => {
    const { message } = event as ErrorEvent
    for (const id of pending.keys()) settle(id)?.reject(new Error(`the worker failed: ${message}`))
  })
  return {
    call: (name, given, { onTold, signal } = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last
        pending.set(id, { resolve: resolve as Pending['resolve'], reject, onTold })
        signal?.addEventListener('abort', () => send({ kind: 'stop', id }), { once: true })
        send({ kind: 'call', id, name, given })
      }),
    end: () => worker.terminate(),
  }
}

/** Sends what is asked for one at a time: while one is on its way, only the newest waits. */
export function newest<G, R>(
  send: (given: G) => Promise<R>,
  shown: (result: R) => void,
  failed: (error: Error) => void,
): (given: G) => void {
  let busy = false
  let next: { readonly given: G } | null = null
  const go = async (given: G): Promise<void> => {
    busy = true
    try {
      shown(await send(given))
    } catch (error) {
      failed(error as Error)
    }
    busy = false
    const waiting = next
    next = null
    if (waiting) await go(waiting.given)
  }
  return (given) => {
    if (busy) next = { given }
    else void go(given)
  }
}

// A demo's worker answers the calls of its page, each by a function that may tell how far it is and hears when it is not wanted any
// more. The page's side is calls.ts.
import { type Backend, reference } from '@scatterlab/tensor'
import { NoSimdError, createWasmBackend } from '@scatterlab/wasm'
import type { FromPage, ToPage } from './messages.ts'

/** What a call is given beside its argument. */
export interface Host<Told = never> {
  readonly backend: Backend
  /** Sends something on the way to the result. */
  readonly tell: (told: Told) => void
  /** Aborted when the page stops the call. */
  readonly signal: AbortSignal
}

/** One thing that a worker does for its page. */
export type Call<Given, Result, Told = never> = (given: Given, host: Host<Told>) => Promise<Result> | Result

/** Answers the page's calls by these functions, in the module of a worker. */
export function serve(calls: Readonly<Record<string, Call<never, unknown, unknown>>>): void {
  const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>
  const post = (message: ToPage): void => scope.postMessage(message)
  const running = new Map<number, AbortController>()
  const ready = startBackend()

  async function answer(id: number, name: string, given: unknown, { signal }: AbortController): Promise<void> {
    try {
      const backend = await ready
      const tell = (told: unknown): void => post({ kind: 'told', id, told })
      const result = await (calls[name] as Call<unknown, unknown, unknown>)(given, { backend, tell, signal })
      post({ kind: 'result', id, result, ran: described(backend) })
    } catch (error) {
      const { name: kind, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      post({ kind: 'failed', id, name: kind, message, stopped: signal.aborted })
    } finally {
      running.delete(id)
    }
  }

  scope.addEventListener('message', ({ data }) => {
    const message = data as FromPage
    if (message.kind === 'stop') return running.get(message.id)?.abort()
    const own = new AbortController()
    running.set(message.id, own)
    void answer(message.id, message.name, message.given, own)
  })
}

/** WebAssembly with all threads that the page may have; plain TypeScript where there are no vectors, which `described` tells. */
async function startBackend(): Promise<Backend> {
  try {
    const backend = createWasmBackend()
    await backend.start()
    return backend
  } catch (error) {
    if (error instanceof NoSimdError) return reference
    throw error
  }
}

/** What ran: the back end in its own words, and what it left to the reference. */
function described({ name, description, declined }: Backend): string {
  const left = [...declined].flatMap(([operation, times]) => (times > 0 ? [operation] : []))
  return `${name}: ${description}${left.length > 0 ? `; on the reference: ${left.join(', ')}` : ''}`
}

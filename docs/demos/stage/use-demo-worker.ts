// A demo's worker for as long as its component is there, with what ran and what went wrong.
import { type Ref, onBeforeUnmount, onMounted, ref } from 'vue'
import { type DemoWorker, demoWorker, newest } from '../worker/calls.ts'

/** The worker as a component uses it. */
export interface UsedWorker<Calls> {
  /** The back end in its own words, once it has answered. */
  readonly ran: Ref<string>
  readonly error: Ref<string>
  readonly call: DemoWorker<Calls>['call']
  /** Runs something that calls the worker: its error is shown, a stop is none. */
  attempt(body: () => Promise<void>): Promise<void>
  /** Like `newest`, with errors shown. */
  live<G, R>(send: (given: G) => Promise<R>, shown: (result: R) => void): (given: G) => void
}

/** `make` is `() => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })`, which bundlers must see as it stands. */
export function useDemoWorker<Calls>(make: () => Worker): UsedWorker<Calls> {
  const [ran, error] = [ref(''), ref('')]
  let worker: DemoWorker<Calls> | null = null
  const failed = ({ name, message }: Error): void => {
    if (name !== 'AbortError') error.value = message
  }
  onMounted(() => (worker = demoWorker<Calls>(make(), (what) => (ran.value = what))))
  onBeforeUnmount(() => worker?.end())
  return {
    ran,
    error,
    call: (...given) => (worker ? worker.call(...given) : Promise.reject(new Error('the page is not there yet'))),
    async attempt(body) {
      error.value = ''
      try {
        await body()
      } catch (reason) {
        failed(reason as Error)
      }
    },
    live: (send, shown) =>
      newest(
        send,
        (result) => {
          error.value = ''
          shown(result)
        },
        failed,
      ),
  }
}

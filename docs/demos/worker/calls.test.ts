import { expect, test, vi } from 'vitest'
import { demoWorker, newest } from './calls.ts'
import type { FromPage, ToPage } from './messages.ts'
import type { Call } from './serve.ts'

interface Calls {
  readonly double: Call<number, number, string>
}

/** A worker whose answers the test gives. */
function scripted() {
  const heard: FromPage[] = []
  const listeners = new Map<string, (event: never) => void>()
  return {
    heard,
    say: (message: ToPage) => listeners.get('message')!({ data: message } as never),
    fail: (message: string) => listeners.get('error')!({ message } as never),
    worker: {
      postMessage: (message: FromPage) => void heard.push(message),
      addEventListener: (name: string, listener: never) => void listeners.set(name, listener),
      terminate: () => {},
    } as unknown as Worker,
  }
}

test('a call hears what is told on the way, and gives the result and what ran', async () => {
  const { worker, heard, say } = scripted()
  const [ran, told] = [vi.fn<(ran: string) => void>(), vi.fn<(told: string) => void>()]
  const result = demoWorker<Calls>(worker, ran).call('double', 4, { onTold: told })
  expect(heard).toEqual([{ kind: 'call', id: 1, name: 'double', given: 4 }])
  say({ kind: 'told', id: 1, told: 'half way' })
  say({ kind: 'result', id: 1, result: 8, ran: 'wasm: 2 threads' })
  expect(await result).toBe(8)
  expect(told).toHaveBeenCalledExactlyOnceWith('half way')
  expect(ran).toHaveBeenCalledExactlyOnceWith('wasm: 2 threads')
})

test('an error of the worker is thrown, by its name; a stopped call is an AbortError', async () => {
  const { worker, heard, say } = scripted()
  const { call } = demoWorker<Calls>(worker, () => {})
  const wrong = call('double', 1)
  say({ kind: 'failed', id: 1, name: 'ValueError', message: 'too small', stopped: false })
  await expect(wrong).rejects.toThrow(expect.objectContaining({ name: 'ValueError', message: 'too small' }))
  const stop = new AbortController()
  const stopped = call('double', 2, { signal: stop.signal })
  stop.abort()
  expect(heard.at(-1)).toEqual({ kind: 'stop', id: 2 })
  say({ kind: 'failed', id: 2, name: 'Error', message: 'aborted', stopped: true })
  await expect(stopped).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
})

test('a worker that fails ends every call', async () => {
  const { worker, fail } = scripted()
  const { call } = demoWorker<Calls>(worker, () => {})
  const both = [call('double', 1), call('double', 2)]
  fail('no module')
  for (const each of both) await expect(each).rejects.toThrow('the worker failed: no module')
})

test('while one is on its way, only the newest waits; a failure does not end the row', async () => {
  const waiting: { given: number; settle: (ok: boolean) => void }[] = []
  const send = (given: number) =>
    new Promise<number>((resolve, reject) =>
      waiting.push({ given, settle: (ok) => (ok ? resolve(given) : reject(new Error('no'))) }),
    )
  const [shown, failed] = [vi.fn<(result: number) => void>(), vi.fn<(error: Error) => void>()]
  const ask = newest(send, shown, failed)
  for (const given of [1, 2, 3, 4]) ask(given)
  expect(waiting.map(({ given }) => given)).toEqual([1])
  waiting[0].settle(false)
  await vi.waitFor(() => expect(waiting.map(({ given }) => given)).toEqual([1, 4]))
  waiting[1].settle(true)
  await vi.waitFor(() => expect(shown).toHaveBeenCalledExactlyOnceWith(4))
  expect(failed).toHaveBeenCalledOnce()
})

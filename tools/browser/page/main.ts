// The page: the transform on its main thread and in a module worker, both left where the test finds them.
import { type Outcome, outcome } from './outcome.ts'

const inWorker = new Promise<Outcome>((resolve, reject) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', ({ data }) => resolve(data as Outcome))
  worker.addEventListener('error', ({ message }) => reject(new Error(message)))
})

Object.assign(globalThis, { outcomes: Promise.all([outcome(), inWorker]) })

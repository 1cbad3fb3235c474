// Experiments in a page: an app's main.ts runs unchanged in a worker of the page, which shows what it reports. The command line does
// the same with a thread of Node (thread.node.ts). Nothing here draws.
import { aText, checkArgument, checkOptions, having } from '@scatterlab/tensor'
import { memoryCheckpoints } from './checkpoints.ts'
import { ReproError } from './errors.ts'
import { type Experiment, experiment } from './experiment.ts'
import { keeper } from './keeper.ts'
import type { Machine, Result } from './result.ts'
import { type SharedOptions, sharedRules } from './run.ts'
import { type FromThread, type Thread, type ToThread, conduct, serve } from './thread.ts'

/** Options of {@link runInPage}. */
export interface PageRunOptions extends SharedOptions {
  /** What the experiment is given as its `dataFolder`: 'sample' names the embedded digits, and the worker may make others by `pageFolder`. */
  readonly data?: string | undefined
}

/**
 * Runs the experiment that `worker` serves and gives its result; a stopped run gives what it had, marked `partial`. The worker is of
 * this run alone, and is ended with it. Throws {@link ReproError} with the code of the error that ended the experiment, or `FAILED`;
 * `STOPPED` when it was stopped before it had begun; `ValueError` for options that are none.
 *
 * @example
 * const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
 * const result = await runInPage(worker, { data: 'sample', onEvent: show, signal })
 */
export async function runInPage(worker: Worker, options: PageRunOptions = {}): Promise<Result> {
  checkArgument('runInPage: worker', worker, having('a Worker that calls serveExperiment', 'postMessage', 'terminate'))
  const given = checkOptions('runInPage', options, { ...sharedRules, data: aText })
  const { mode = 'quick', seed = 1, backend, data, signal, onEvent = () => {}, resume = false } = given
  const kept = keeper(given.checkpoints ?? memoryCheckpoints())
  const task = { mode, seed, backend, dataFolder: data, resume }
  const { result, failure } = await conduct(threadOf(worker), task, { kept, signal, onEvent })
  if (result && !result.partial) await kept.remove()
  if (failure && !signal?.aborted) {
    const { code = 'FAILED', message, stack } = failure
    throw new ReproError(code, message, { cause: stack })
  }
  if (!result) throw new ReproError('STOPPED', 'the run was stopped before it began: there is no result')
  return result
}

/** In a module worker of a page: runs the experiment when the page asks for it by {@link runInPage}. Throws
 * {@link ReproError} `BAD_EXPERIMENT`, and `NO_WORKER` elsewhere. */
export function serveExperiment<Budget>(declared: Experiment<Budget>): void {
  const served = experiment(declared) as Experiment
  if (typeof globalThis.addEventListener !== 'function') {
    throw new ReproError(
      'NO_WORKER',
      'serveExperiment runs in a worker of a page: call it in the module that the worker loads',
    )
  }
  const scope = globalThis as unknown as Pick<Worker, 'postMessage' | 'addEventListener'>
  serve(
    {
      post: (message, transferred = []) => scope.postMessage(message, transferred),
      listen: (onMessage) => scope.addEventListener('message', ({ data }) => onMessage(data as ToThread)),
    },
    async () => served,
    { machine: thisMachine(), png: false },
  )
}

function threadOf(worker: Worker): Thread {
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.addEventListener('message', ({ data }) => onMessage(data as FromThread))
      worker.addEventListener('error', ({ message, filename, lineno }) =>
        onError(new Error(`the worker failed: ${message} (${filename}:${lineno})`)),
      )
    },
    end: async () => worker.terminate(),
  }
}

function thisMachine(): Machine {
  const { userAgent, hardwareConcurrency } = navigator
  return { cpu: userAgent, cores: hardwareConcurrency, node: null }
}

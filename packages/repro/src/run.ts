// Runs an experiment and reports its events. Knows no files and no terminal: whoever calls it listens and shows or keeps
// what comes. The command does so from another thread (thread.node.ts), a page from outside its worker (page.ts).
import {
  type Rules,
  aFunction,
  aSignal,
  aText,
  checkOptions,
  didYouMean,
  having,
  oneOf,
  trueOrFalse,
  wholeNumber,
} from '@scatterlab/tensor'
import type { Checkpoints } from './checkpoints.ts'
import { chooseBackend, describeBackend } from './choose-backend.ts'
import { type Experiment, type Mode, type Output, type Progress, type WeightsFile, experiment } from './experiment.ts'
import { UsageError } from './errors.ts'
import { checkFileName, resultNames } from './file-name.ts'
import { type Keeper, keeper } from './keeper.ts'
import { ledger } from './result.ts'
import type { Machine, Result, RunEvent } from './result.ts'
import { openCheckpoints } from './resumption.ts'
import { wholeRow } from './row.ts'

/** Options of {@link runExperiment}. */
export interface RunOptions {
  /** Default `quick`. */
  readonly mode?: Mode | undefined
  /** One of the experiment's recipes, in the place of its full budget; the mode is `full` then. */
  readonly recipe?: string | undefined
  /** Weights by which the images in the data folder are classified, in the place of the experiment's steps. */
  readonly weights?: WeightsFile | undefined
  /** Default 1. */
  readonly seed?: number | undefined
  /** Name of the back end; default the first of the experiment's that works, else `reference`. */
  readonly backend?: string | undefined
  /** The folder of data sets; default none, and the experiment looks where its loaders look. */
  readonly dataFolder?: string | undefined
  /** Goes on from what an interrupted run left in `checkpoints`; starts anew, and says so, when there is nothing. */
  readonly resume?: boolean | undefined
  /** Where the experiment's checkpoints are kept; default nowhere. */
  readonly checkpoints?: Checkpoints | undefined
  /** Interrupts the run at its next step. */
  readonly signal?: AbortSignal | undefined
  /** Another way to interrupt, asked at every step: for a flag that other threads set while this one is busy. */
  readonly interrupted?: (() => boolean) | undefined
  /** Hears everything that happens, in order. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined
  /** Whether figures are also drawn as PNG; default true. A worker of a page has no means to. */
  readonly png?: boolean | undefined
  /** Where the run takes place, for the result; default unknown. */
  readonly machine?: Machine | undefined
  /** Peak memory of the process so far, in units of 10^6 bytes. */
  readonly peakMemoryMB?: (() => number) | undefined
}

/** The options that every host takes. */
export type SharedOptions = Pick<
  RunOptions,
  'mode' | 'seed' | 'backend' | 'resume' | 'checkpoints' | 'signal' | 'onEvent'
>

/** What fits them. */
export const sharedRules: Rules<SharedOptions> = {
  mode: oneOf('quick', 'full'),
  seed: wholeNumber(0),
  backend: aText,
  resume: trueOrFalse,
  checkpoints: having('a place for checkpoints, such as memoryCheckpoints()', 'read', 'write', 'remove'),
  signal: aSignal,
  onEvent: aFunction,
}

const rules: Rules<RunOptions> = {
  ...sharedRules,
  recipe: aText,
  weights: (value) => {
    const { file, bytes } = Object(value) as Partial<WeightsFile>
    return typeof file === 'string' && bytes instanceof Uint8Array ? undefined : 'weights, { file, bytes }'
  },
  dataFolder: aText,
  interrupted: aFunction,
  png: trueOrFalse,
  machine: (value) => (typeof Object(value).cpu === 'string' ? undefined : 'a machine, { cpu, cores, node }'),
  peakMemoryMB: aFunction,
}

/** Longest silence between two reports of progress while work goes on, in milliseconds. */
const reportInterval = 50

/**
 * Runs the experiment and gives its result. An interrupted run gives what it had, marked `partial`; an error of the experiment
 * is passed on. Throws {@link ReproError} `BACKEND_UNAVAILABLE`, UsageError `BAD_OPTION` for an unknown back end, and
 * when it is to go on from a run of another mode, seed, back end, data folder or budget; `ValueError` for options that are none.
 */
export async function runExperiment<Budget>(declared: Experiment<Budget>, options: RunOptions = {}): Promise<Result> {
  const checked = checkOptions('runExperiment', options, rules)
  return perform(experiment(declared), checked, keeper(checked.checkpoints))
}

/** The same for a run whose checkpoints `kept` keeps. */
export async function perform<Budget>(
  declared: Experiment<Budget>,
  options: Omit<RunOptions, 'checkpoints'>,
  kept: Keeper,
): Promise<Result> {
  const { recipe, weights, seed = 1, dataFolder, resume = false, png = true, machine = null } = options
  const mode = recipe === undefined ? (options.mode ?? 'quick') : 'full'
  const budget = budgetOf(declared, mode, recipe)
  const steps = weights ? classifierOf(declared, weights) : declared.run
  const { name, slide, claim } = declared
  const began = performance.now()
  const elapsed = () => (performance.now() - began) / 1000
  const reached = ledger()
  const emit = (event: RunEvent) => {
    reached.take(event)
    options.onEvent?.(event)
  }
  const { signal, check } = interruption(options)
  const { progress, closeAll } = progressOf(emit, elapsed, check)
  const log = (line: string) => emit({ type: 'log', line })

  const startedAt = new Date().toISOString()
  emit({ type: 'start', app: name, slide, claim, mode, recipe, weights: weights?.file, seed, startedAt, machine })
  const { backend, passedOver } = await chooseBackend(declared.backends, options.backend)
  for (const line of passedOver) log(line)
  const nameBackend = () => emit({ type: 'backend', backend: describeBackend(backend) })
  nameBackend()
  const conclude = () => {
    closeAll()
    nameBackend()
  }
  const result = (partial: boolean) =>
    reached.result({ seconds: elapsed(), peakMemoryMB: options.peakMemoryMB?.() ?? null, partial })!
  const checkpoints = await openCheckpoints(
    { app: name, mode, recipe, seed, backend: backend.name, dataFolder: dataFolder ?? null, budget },
    { kept, resume, spent: () => result(true), log },
  )
  if (checkpoints.resumed) {
    const { seconds, phases } = checkpoints.resumed
    emit({ type: 'resume', seconds, phases })
  }
  const { output, drawn } = outputOf(emit, png, checkpoints.write)
  try {
    check()
    const checkpoint = checkpoints.read
    const outcome = await steps({
      budget,
      mode,
      recipe,
      seed,
      backend,
      dataFolder,
      progress,
      log,
      signal,
      output,
      checkpoint,
    })
    await drawn()
    if (outcome) {
      const { rows, ...description } = outcome
      emit({ type: 'outcome', outcome: { ...description, ...(rows && { rows: rows.map(wholeRow) }) } })
    }
  } catch (error) {
    conclude()
    await checkpoints.settled()
    if (signal.aborted) return result(true)
    throw error
  }
  conclude()
  await checkpoints.settled()
  await kept.remove()
  return result(false)
}

/** The settings of a mode, or of a recipe. Throws {@link UsageError} `BAD_OPTION` for a recipe that the experiment lacks. */
function budgetOf<Budget>({ name, budgets, recipes = {} }: Experiment<Budget>, mode: Mode, recipe?: string): Budget {
  if (recipe === undefined) return budgets[mode]
  if (Object.hasOwn(recipes, recipe)) return recipes[recipe]
  const names = Object.keys(recipes)
  const known = names.length === 0 ? 'it has none beside --quick and --full' : `it has ${names.join(', ')}.`
  throw new UsageError('BAD_OPTION', `${name} has no recipe '${recipe}': ${known}${didYouMean(recipe, names)}`)
}

/** The steps that classify by given weights. Throws {@link UsageError} `BAD_OPTION` where the experiment has none. */
function classifierOf<Budget>(declared: Experiment<Budget>, weights: WeightsFile): Experiment<Budget>['run'] {
  const { name, classify } = declared
  if (classify) return (context) => classify(context, weights)
  throw new UsageError('BAD_OPTION', `${name} classifies nothing by weights: leave out --weights`)
}

function interruption({ signal, interrupted }: RunOptions): { signal: AbortSignal; check: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    check: () => {
      if (interrupted?.()) controller.abort()
      controller.signal.throwIfAborted()
    },
  }
}

function progressOf(
  emit: (event: RunEvent) => void,
  elapsed: () => number,
  check: () => void,
): { progress: Progress; closeAll: () => void } {
  const open = new Set<() => void>()
  let phases = 0

  const phase: Progress['phase'] = (name, total) => {
    check()
    const id = phases++
    let completed = 0
    let reported = performance.now()
    emit({ type: 'phase', id, name, total: total ?? null, at: elapsed() })
    const done = () => {
      if (open.delete(done)) emit({ type: 'phase-done', id, completed, at: elapsed() })
    }
    open.add(done)
    const reach = (count: number) => {
      completed = count
      const now = performance.now()
      if (now - reported >= reportInterval) {
        reported = now
        emit({ type: 'advance', id, completed, at: elapsed() })
      }
      check()
    }
    return { reach, advance: (count = 1) => reach(completed + count), done }
  }
  const during: Progress['during'] = async (name, work, total) => {
    const begun = phase(name, total)
    try {
      return await work(begun)
    } finally {
      begun.done()
    }
  }
  return { progress: { phase, during }, closeAll: () => open.forEach((done) => done()) }
}

function outputOf(
  emit: (event: RunEvent) => void,
  png: boolean,
  checkpoint: Output['checkpoint'],
): { output: Output; drawn: () => Promise<unknown> } {
  const drawing: Promise<void>[] = []
  const output: Output = {
    row: (row) => emit({ type: 'row', row: wholeRow(row) }),
    figure(name, figure, caption = '') {
      checkFileName(name, resultNames)
      const draw = async () =>
        emit({ type: 'figure', name, caption, svg: figure.svg, png: png ? await figure.png() : null })
      const drawn = draw()
      drawn.catch(() => {}) // heard by who awaits it, and by drawn()
      drawing.push(drawn)
      return drawn
    },
    file(name, content) {
      checkFileName(name, resultNames)
      emit({ type: 'file', name, content })
    },
    checkpoint,
    describe: (description) => emit({ type: 'describe', description }),
  }
  return { output, drawn: () => Promise.all(drawing) }
}

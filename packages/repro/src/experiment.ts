// Declares an experiment: the slide's claim, budgets, back ends, and the steps. Runs nothing; nothing here knows of files or
// terminals, so that one declaration serves the command line and a page's worker.
import { type Backend, type Rule, type Rules, aFunction, checkOptions } from '@scatterlab/tensor'
import { within } from './errors.ts'
import type { Measured } from './row.ts'

/** `quick`: a result within a minute or so. `full`: the slide's own protocol. */
export type Mode = 'quick' | 'full'

/** A picture as the figures package draws it. */
export interface Figure {
  /** The picture as SVG, a whole document. */
  readonly svg: string
  /** The same in pixels, as the bytes of a PNG file. */
  png(): Promise<Uint8Array>
}

/** What a result says about where its numbers come from. */
export interface Description {
  /** The data set and where it came from: 'MNIST, from the folder data/mnist'. */
  readonly data: string
  /** How it was measured, in a sentence: transform, split, how hyper-parameters were chosen. */
  readonly protocol: string
  /** What a reader must know beside, such as a stand-in for missing data and how to get the real set. */
  readonly note?: string | undefined
}

/** What a run may return; what was described and reported on the way stands, unless it is given here again. */
export interface Outcome extends Partial<Description> {
  /** The measured numbers, in the place of those reported by `output.row`. */
  readonly rows?: readonly Measured[]
}

/** One stretch of work in progress. */
export interface Phase {
  /**
   * Another `count` (default 1) of the total are done. This is where a run is interrupted: throws the signal's reason once
   * it has been aborted. Cheap enough for every batch.
   */
  advance(count?: number): void
  /** The same, told by how many of the total are done by now. */
  reach(completed: number): void
  /** The stretch is over; its seconds go into the result. Twice is harmless. */
  done(): void
}

/** Progress reports. */
export interface Progress {
  /** Begins a stretch of `total` equal pieces; without a total there is no estimate of the time left. */
  phase(name: string, total?: number): Phase
  /** A stretch as long as `work` takes; gives what that gives. */
  during<T>(name: string, work: (phase: Phase) => Promise<T> | T, total?: number): Promise<T>
}

/** Where results go, as they come: what was reported stays when a run is interrupted. */
export interface Output {
  /** Reports a measured number. Throws {@link ReproError} `BAD_ROW`. */
  row(row: Measured): void
  /** Keeps a figure as NAME.svg and NAME.png. Throws {@link ReproError} `BAD_FILE_NAME`. */
  figure(name: string, figure: Figure, caption?: string): Promise<void>
  /** Keeps a file, such as trained weights. Throws {@link ReproError} `BAD_FILE_NAME`. */
  file(name: string, content: Uint8Array | string): void
  /**
   * Keeps `bytes` as the latest checkpoint `name`, in the place of the one before, until the run finishes: one that is
   * interrupted or fails leaves it for `checkpoint(name)` of a resumed run. The bytes are copied; what belongs together goes
   * into one. Throws {@link ReproError} `BAD_FILE_NAME`, `BAD_CHECKPOINT`.
   */
  checkpoint(name: string, bytes: Uint8Array): void
  /** Says early what is known of data, protocol and note: shown at the start, kept in every result. */
  describe(description: Partial<Description>): void
}

/** What the steps of an experiment are given. */
export interface RunContext<Budget> {
  /** The settings of this run: those of its mode, or of its recipe. */
  readonly budget: Budget
  /** `full` for a recipe too. */
  readonly mode: Mode
  /** The name of the recipe whose budget it is, if the user asked for one. */
  readonly recipe?: string | undefined
  /** Of everything that is random: one seed always draws the same numbers. */
  readonly seed: number
  /** The back end that was chosen; hand it to the packages that compute. */
  readonly backend: Backend
  /** The folder of data sets that the user named, or undefined. */
  readonly dataFolder: string | undefined
  /** For what takes long: shown to the person who waits, and where a run is interrupted. */
  readonly progress: Progress
  /** One line for the person who waits. */
  log(line: string): void
  /** Aborted when the run is interrupted; hand it to downloads and long operations. */
  readonly signal: AbortSignal
  /** Where rows, figures, files and checkpoints go. */
  readonly output: Output
  /**
   * What an interrupted run of the same settings left by `output.checkpoint(name, bytes)`, as a copy of its own; undefined
   * when the user did not ask to resume, or there is none. Ask before keeping one of that name. What the interrupted run
   * reported (rows, figures) is to be reported anew. Throws {@link ReproError} `BAD_FILE_NAME`.
   */
  checkpoint(name: string): Promise<Uint8Array | undefined>
}

/** Weights of a finished run, as a file that the user named. */
export interface WeightsFile {
  /** What messages call it. */
  readonly file: string
  /** The whole file. */
  readonly bytes: Uint8Array
}

/** The declaration of an experiment. */
export interface Experiment<Budget = unknown> {
  /** The name in `pnpm repro NAME`: lower case, digits and hyphens. */
  readonly name: string
  /** The title of the slide. */
  readonly slide: string
  /** What the slide claims, in its own numbers. */
  readonly claim: string
  /** The experiment's own settings, for each mode. */
  readonly budgets: Readonly<Record<Mode, Budget>>
  /** Settings in the place of those of `full`, by the name that `--recipe` gives. */
  readonly recipes?: Readonly<Record<string, NoInfer<Budget>>>
  /** Back ends in order of preference; one that cannot run here throws the reason. `reference` is always there, last. */
  readonly backends?: Readonly<Record<string, () => Promise<Backend>>>
  /** The steps, in the order of the slide. */
  run(context: RunContext<Budget>): Promise<Outcome | void>
  /** What is done in the place of the steps when the user gives `--weights`: the images in the data folder are classified by them. */
  classify?(context: RunContext<NoInfer<Budget>>, weights: WeightsFile): Promise<Outcome | void>
}

const someText: Rule = (value) =>
  typeof value === 'string' && value.trim() !== '' ? undefined : 'a text that is not empty'

const isName = (value: unknown): boolean => typeof value === 'string' && /^[a-z][a-z0-9-]*$/.test(value)

const rules: Rules<Experiment> = {
  name: (value) => (isName(value) ? undefined : 'lower case letters, digits and hyphens'),
  slide: someText,
  claim: someText,
  budgets(value) {
    const { quick, full } = Object(value) as Partial<Experiment['budgets']>
    return quick === undefined || full === undefined ? 'an object with quick and full' : undefined
  },
  recipes: (value) =>
    Object.prototype.toString.call(value) === '[object Object]' && Object.keys(value as object).every(isName)
      ? undefined
      : 'an object of budgets, their names of lower case letters, digits and hyphens',
  backends: (value) =>
    Object.prototype.toString.call(value) === '[object Object]' &&
    Object.values(value as object).every((load) => typeof load === 'function')
      ? undefined
      : 'an object of functions',
  run: aFunction,
  classify: aFunction,
}

/** Declares an experiment. Throws {@link ReproError} `BAD_EXPERIMENT` when the declaration lacks something. */
export function experiment<Budget>(declaration: Experiment<Budget>): Experiment<Budget> {
  within('BAD_EXPERIMENT', () =>
    checkOptions('an experiment', declaration, rules, ['name', 'slide', 'claim', 'budgets', 'run']),
  )
  return declaration
}

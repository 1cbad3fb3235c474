// One run of an app in a worker, as what a page shows of it. Draws nothing.
import type { Result, Row, RunEvent } from '@scatterlab/repro'
import { runInPage } from '@scatterlab/repro/page'
import { thousands } from '../demos/stage/thousands.ts'

/** A figure as it stands by now; a later one of the same name takes its place. */
export interface ShownFigure {
  readonly name: string
  readonly caption: string
  readonly svg: string
}

/** What a page shows of a run. */
export interface RunView {
  state: 'idle' | 'running' | 'stopping' | 'done' | 'stopped' | 'failed'
  /** The stretch of work that goes on, and how far it is. */
  phase: { name: string; completed: number; total: number | null } | null
  backend: string
  data: string
  note: string
  rows: Row[]
  figures: ShownFigure[]
  lines: string[]
  error: string
  seconds: number | null
}

/** Nothing has run. */
export const idle = (): RunView => ({
  state: 'idle',
  phase: null,
  backend: '',
  data: '',
  note: '',
  rows: [],
  figures: [],
  lines: [],
  error: '',
  seconds: null,
})

/** What becomes of `view` when the run reports `event`. */
export function hear(view: RunView, event: RunEvent, phases: Map<number, NonNullable<RunView['phase']>>): void {
  switch (event.type) {
    case 'backend':
      view.backend = event.backend
      break
    case 'describe':
      view.data = event.description.data ?? view.data
      view.note = event.description.note ?? view.note
      break
    case 'log':
      view.lines.push(event.line)
      break
    case 'phase':
      view.phase = { name: event.name, completed: 0, total: event.total }
      phases.set(event.id, view.phase)
      break
    case 'advance': {
      const phase = phases.get(event.id)
      if (phase) view.phase = { ...phase, completed: event.completed }
      break
    }
    case 'row':
      view.rows.push(event.row)
      break
    case 'figure': {
      const { name, caption, svg } = event
      const at = view.figures.findIndex((figure) => figure.name === name)
      view.figures.splice(at < 0 ? view.figures.length : at, 1, { name, caption, svg })
      break
    }
    case 'start':
    case 'resume':
    case 'phase-done':
    case 'outcome':
    case 'file':
  }
}

/** How to run. */
export interface RunOptions {
  readonly data: string | undefined
  readonly seed: number
  readonly signal: AbortSignal
}

/** How long events wait for more, in milliseconds, so that many of them are drawn at once. */
const TOGETHER = 40

/** Runs what `worker` serves, and keeps `view` up to date until it ends. */
export async function follow(view: RunView, worker: Worker, { data, seed, signal }: RunOptions): Promise<void> {
  Object.assign(view, idle(), { state: 'running' })
  const phases = new Map<number, NonNullable<RunView['phase']>>()
  const waiting: RunEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const catchUp = () => {
    clearTimeout(timer)
    timer = undefined
    for (const event of waiting.splice(0)) hear(view, event, phases)
  }
  signal.addEventListener('abort', () => (view.state = 'stopping'))
  try {
    const onEvent = (event: RunEvent) => {
      waiting.push(event)
      timer ??= setTimeout(catchUp, TOGETHER)
    }
    const result = await runInPage(worker, { ...(data && { data }), seed, signal, onEvent })
    catchUp()
    settle(view, result)
  } catch (error) {
    catchUp()
    view.state = signal.aborted ? 'stopped' : 'failed'
    view.error = signal.aborted ? '' : error instanceof Error ? error.message : String(error)
  }
  view.phase = null
}

function settle(view: RunView, { rows, backend, seconds, partial, data, note }: Result): void {
  view.state = partial ? 'stopped' : 'done'
  view.rows = [...rows]
  view.backend = backend ?? view.backend
  view.data = data ?? view.data
  view.note = note ?? view.note
  view.seconds = seconds
}

/** A number of a row as a reader wants it. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (Number.isInteger(value)) return thousands(value)
  return Math.abs(value) >= 0.001 && Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(4)))
    : value.toExponential(2)
}

/** The settings of a row in words. */
export const settingsOf = ({ settings }: Row): string =>
  Object.entries(settings ?? {})
    .map(
      ([name, value]) => `${name.replaceAll(/([A-Z])/g, (_, letter: string) => ` ${letter.toLowerCase()}`)} ${value}`,
    )
    .join(', ')

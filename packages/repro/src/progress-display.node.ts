// Shows the progress of a run on standard error: a bar with the time left in a terminal, else a plain line now and then.
// The one importer of cli-progress.
import type { WriteStream } from 'node:tty'
import cliProgress from 'cli-progress'
import type { RunEvent } from './result.ts'
import { duration, grouped } from './wording.ts'

/** Hears the events of a run and shows them. */
export interface ProgressDisplay {
  take(event: RunEvent): void
  /** A line of its own, above the bar if there is one. */
  line(text: string): void
  /** Clears what is not to stay. */
  close(): void
}

/** A phase that is open. */
export interface PhaseState {
  readonly name: string
  readonly total: number | null
  /** When it began and when it was last heard of, in seconds since the start of the run. */
  readonly from: number
  at: number
  completed: number
}

/** Seconds between two plain lines of progress, and the least that a phase takes to be worth one when it is over. */
const quiet = 5

/** Where text goes. */
export type Stream = Pick<NodeJS.WritableStream, 'write'> & { readonly isTTY?: boolean }

/** The display for `stream`: a bar if it is a terminal. */
export function progressDisplay(stream: Stream): ProgressDisplay {
  return stream.isTTY === true ? bars(stream as WriteStream) : plainLines(stream)
}

function plainLines(stream: Stream): ProgressDisplay {
  const phases = new Map<number, PhaseState>()
  let lastLine = -Infinity
  const line = (text: string) => void stream.write(`${text}\n`)
  return {
    take(event) {
      const phase = follow(phases, event)
      if (event.type === 'log') line(event.line)
      if (!phase || !('at' in event)) return
      if (event.type === 'advance' && event.at - Math.max(lastLine, phase.from) >= quiet) {
        lastLine = event.at
        line(progressLine(phase))
      }
      if (event.type === 'phase-done' && event.at - phase.from >= quiet) {
        lastLine = event.at
        line(doneLine(phase, event.at))
      }
    },
    line,
    close: () => {},
  }
}

function bars(stream: WriteStream): ProgressDisplay {
  const phases = new Map<number, PhaseState>()
  let bar: { id: number; drawn: cliProgress.SingleBar } | undefined

  const hide = () => {
    bar?.drawn.stop()
    bar = undefined
  }
  // always the phase that began last
  const show = () => {
    const last = [...phases].at(-1)
    if (!last) return
    const [id, phase] = last
    const drawn = new cliProgress.SingleBar({
      stream,
      format: () => barLine(phase),
      clearOnComplete: true,
      gracefulExit: false,
      forceRedraw: true,
      fps: 10,
    })
    drawn.start(phase.total ?? 1, 0)
    bar = { id, drawn }
  }
  const line = (text: string) => {
    hide()
    stream.write(`${text}\n`)
    show()
  }
  return {
    take(event) {
      const phase = follow(phases, event)
      if (event.type === 'log') line(event.line)
      if (event.type === 'phase' || event.type === 'phase-done') {
        hide()
        if (event.type === 'phase-done' && phase && event.at - phase.from >= 1) line(doneLine(phase, event.at))
        else show()
      }
    },
    line,
    close: hide,
  }
}

function follow(phases: Map<number, PhaseState>, event: RunEvent): PhaseState | undefined {
  if (event.type === 'phase') {
    phases.set(event.id, { name: event.name, total: event.total, from: event.at, at: event.at, completed: 0 })
  }
  if (event.type !== 'phase' && event.type !== 'advance' && event.type !== 'phase-done') return undefined
  const phase = phases.get(event.id)
  if (phase && event.type !== 'phase') {
    phase.completed = event.completed
    phase.at = event.at
  }
  if (event.type === 'phase-done') phases.delete(event.id)
  return phase
}

/** 'scattering: 1,200 of 10,000 (12 %), 45 s left'; the estimate takes the pace so far. */
export const progressLine = (phase: PhaseState): string => `${phase.name}: ${standing(phase)}`

const barLine = (phase: PhaseState): string => {
  const { name, total, completed } = phase
  return total === null ? progressLine(phase) : `${name} ${gauge(completed / total)} ${standing(phase)}`
}

const doneLine = ({ name, completed, from }: PhaseState, at: number): string =>
  `${name}: ${completed > 0 ? `${grouped(completed)} in ` : ''}${duration(at - from)}`

function standing({ total, from, at, completed }: PhaseState): string {
  if (total === null) return `${grouped(completed)} in ${duration(at - from)}`
  const done = `${grouped(completed)} of ${grouped(total)} (${Math.floor((100 * completed) / Math.max(total, 1))} %)`
  const left = ((at - from) * (total - completed)) / completed
  return Number.isFinite(left) && left > 0 ? `${done}, ${timeLeft(left)} left` : done
}

const timeLeft = (seconds: number): string => (seconds < 59.5 ? `${Math.ceil(seconds)} s` : duration(seconds))

const gauge = (fraction: number): string => {
  const filled = Math.round(30 * Math.min(Math.max(fraction, 0), 1))
  return '█'.repeat(filled) + '░'.repeat(30 - filled)
}

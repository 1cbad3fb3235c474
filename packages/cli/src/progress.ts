// Progress with rate and time left: a bar on a terminal, else a line now and then; nothing with `quiet`. The one importer of cli-progress.
import type { WriteStream } from 'node:tty'
import cliProgress from 'cli-progress'

/** Shows how far some work is. */
export interface Progress {
  advance(items: number): void
  /** Takes the bar away. */
  close(): void
}

/** Seconds between two lines. */
const PAUSE = 10

/** Progress of `total` items, of which `done` were done before. */
export function progressOf(
  { noun, total, done = 0, quiet = false }: { noun: string; total: number; done?: number; quiet?: boolean },
  stream: Pick<NodeJS.WritableStream, 'write'> & { readonly isTTY?: boolean } = process.stderr,
): Progress {
  if (quiet) return { advance: () => {}, close: () => {} }
  const started = performance.now()
  let now = done
  const line = (): string => standing({ noun, total, now, done, seconds: (performance.now() - started) / 1000 })
  if (stream.isTTY === true) {
    const bar = new cliProgress.SingleBar({
      stream: stream as WriteStream,
      format: () => `${gauge(now / total)} ${line()}`,
      clearOnComplete: true,
      gracefulExit: false,
      fps: 5,
    })
    bar.start(total, now)
    return { advance: (items) => bar.update((now += items)), close: () => bar.stop() }
  }
  let last = started
  return {
    advance(items) {
      now += items
      if (performance.now() - last < 1000 * PAUSE) return
      last = performance.now()
      stream.write(`${line()}\n`)
    },
    close: () => {},
  }
}

/** '1,200 of 10,000 images (12 %), 850 a second, 10 s left'; the pace is that of this run. */
export function standing(at: { noun: string; total: number; now: number; done: number; seconds: number }): string {
  const { noun, total, now, done, seconds } = at
  const share = `${grouped(now)} of ${grouped(total)} ${noun} (${Math.floor((100 * now) / Math.max(1, total))} %)`
  const rate = (now - done) / seconds
  if (!(rate > 0) || !Number.isFinite(rate)) return share
  return `${share}, ${paceOf(rate)} a second, ${duration((total - now) / rate)} left`
}

const gauge = (share: number): string => {
  const filled = Math.round(20 * Math.min(1, Math.max(0, share)))
  return '█'.repeat(filled) + '░'.repeat(20 - filled)
}

/** 10,000. */
export const grouped = (n: number): string => n.toLocaleString('en-US')

/** 850; 8.5 where it is slow. */
export const paceOf = (rate: number): string => (rate < 10 ? rate.toPrecision(2) : grouped(Math.round(rate)))

/** 12 s; 2 min 05 s; 1 h 02 min. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

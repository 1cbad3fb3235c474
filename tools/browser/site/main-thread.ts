// What holds up the thread of a page, by a trace of Chromium. Tasks are measured in processor time of the thread itself: other work on the
// machine stretches that much less than the time on the clock.
import type { Page } from 'playwright'
import { slowness } from './slowness.ts'

/** The longest that a task may take, in milliseconds: a visitor notices more. On a machine that is slower, as many more. */
export const LONGEST: number = Math.round(50 * slowness())

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  /** Microseconds on the clock, and of processor time. */
  readonly dur?: number
  readonly tdur?: number
}

/** A task of a page's thread. */
export interface Task {
  /** Milliseconds of processor time. */
  readonly took: number
  /** What it did for most of them. */
  readonly doing: string
}

const MARK = 'the page that is watched'

/** The tasks of the page's thread while `use` ran, the longest first; what the page does to start is over before that. */
export async function tasksDuring(page: Page, use: () => Promise<void>): Promise<Task[]> {
  await idle(page)
  return traced(page, use)
}

/** The tasks of the page's thread while it opened `address`, up to where it is ready for use, the longest first. */
export const tasksOfStart = (page: Page, address: string): Promise<Task[]> =>
  traced(page, async () => {
    await page.goto(address, { waitUntil: 'networkidle' })
    await idle(page)
  })

const idle = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())))

async function traced(page: Page, use: () => Promise<void>): Promise<Task[]> {
  const browser = page.context().browser()!
  const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing']
  await browser.startTracing(page, { categories })
  let trace: Buffer
  try {
    await use()
    await page.evaluate((name) => void performance.mark(name), MARK)
  } finally {
    trace = await browser.stopTracing()
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: readonly TraceEvent[] }
  const { pid, tid } = traceEvents.find(({ name }) => name === MARK)!
  const own = traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.tdur !== undefined)
  const tasks = own.filter(({ name }) => name === 'RunTask')
  if (tasks.length === 0) throw new Error('the trace has no tasks: this browser names them otherwise')
  return tasks.map((task) => ({ took: task.tdur! / 1000, doing: doing(task, own) })).sort((a, b) => b.took - a.took)
}

/** The parts of a task, where it is worth a look. */
function doing(task: TraceEvent, all: readonly TraceEvent[]): string {
  if (task.tdur! < (1000 * LONGEST) / 5) return ''
  return all
    .filter((event) => event !== task && event.ts >= task.ts && event.ts + event.dur! <= task.ts + task.dur!)
    .sort((a, b) => b.tdur! - a.tdur!)
    .slice(0, 4)
    .map(({ name, tdur }) => `${name} ${(tdur! / 1000).toFixed(0)} ms`)
    .join(', ')
}

/** A machine that is busy stretches processor time too: so many tries are made, and the best one counts. */
const TRIES = 5

/** What the best of some tries gives. */
export async function bestOf(attempt: () => Promise<Task[]>): Promise<Task[]> {
  let least: Task[] | undefined
  for (let i = 0; i < TRIES && (least === undefined || heldUp(least).length > 0); i++) {
    const tasks = await attempt()
    if (least === undefined || (tasks[0]?.took ?? 0) < (least[0]?.took ?? 0)) least = tasks
  }
  return least!
}

/** Those that took too long, in words. */
export const heldUp = (tasks: readonly Task[]): string[] =>
  tasks.filter(({ took }) => took > LONGEST).map(({ took, doing }) => `${took.toFixed(0)} ms: ${doing}`)

import { Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { progressDisplay } from './progress-display.node.ts'
import type { RunEvent } from './result.ts'

class Screen extends Writable {
  readonly isTTY: boolean
  readonly columns = 100
  text = ''
  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

const phase = (id: number, name: string, total: number | null, at: number): RunEvent => ({
  type: 'phase',
  id,
  name,
  total,
  at,
})
const advance = (id: number, completed: number, at: number): RunEvent => ({ type: 'advance', id, completed, at })
const done = (id: number, completed: number, at: number): RunEvent => ({ type: 'phase-done', id, completed, at })

describe('without a terminal', () => {
  const linesOf = (events: RunEvent[]): string[] => {
    const screen = new Screen(false)
    const display = progressDisplay(screen)
    events.forEach(display.take)
    display.close()
    return screen.text.split('\n').slice(0, -1)
  }

  test('a line every few seconds, with the time left, and no control characters', () => {
    const steps = Array.from({ length: 200 }, (_, i) => advance(0, 50 * (i + 1), 1 + (i + 1) * 0.08))
    expect(linesOf([phase(0, 'scattering', 10_000, 1), ...steps, done(0, 10_000, 17)])).toEqual([
      'scattering: 3,150 of 10,000 (31 %), 11 s left',
      'scattering: 6,300 of 10,000 (63 %), 6 s left',
      'scattering: 9,450 of 10,000 (94 %), 1 s left',
      'scattering: 10,000 in 16.0 s',
    ])
  })

  test('short phases pass without a line, many of them too', () => {
    const short = Array.from({ length: 50 }, (_, id) => [
      phase(id, 'fit', 2, id),
      advance(id, 1, id + 0.5),
      done(id, 2, id + 1),
    ])
    expect(linesOf(short.flat())).toEqual([])
  })

  test('a phase of unknown length tells the time spent; lines of the experiment come through', () => {
    expect(
      linesOf([phase(0, 'download', null, 0), { type: 'log', line: 'from the mirror' }, advance(0, 12, 130)]),
    ).toEqual(['from the mirror', 'download: 12 in 2 min 10 s'])
  })
})

describe('in a terminal', () => {
  test('a bar with the time left, cleared at the end; lines stand above it', () => {
    const screen = new Screen(true)
    const display = progressDisplay(screen)
    display.take(phase(0, 'scattering', 100, 0))
    display.take(advance(0, 50, 20))
    display.line('half way')
    expect(screen.text).toContain('scattering ███████████████░░░░░░░░░░░░░░░ 50 of 100 (50 %), 20 s left')
    const beforeLine = screen.text.split('half way\n')[0]
    // clear line, then the text
    expect(beforeLine.endsWith('\u001B[2K')).toBe(true)
    display.take(done(0, 100, 40))
    display.close()
    expect(screen.text.endsWith('scattering: 100 in 40.0 s\n')).toBe(true)
    // line wrapping is on again
    expect(screen.text.lastIndexOf('\u001B[?7h')).toBeGreaterThan(screen.text.lastIndexOf('\u001B[?7l'))
  })

  test('a phase inside a phase takes the bar and gives it back', () => {
    const screen = new Screen(true)
    const display = progressDisplay(screen)
    display.take(phase(0, 'outer', 10, 0))
    display.take(phase(1, 'inner', 10, 0))
    display.take(done(1, 10, 0.1))
    const names = [...screen.text.matchAll(/outer|inner/g)].map(([name]) => name)
    // a bar is drawn more than once
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual(['outer', 'inner', 'outer'])
    display.close()
  })
})

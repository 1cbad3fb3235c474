import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { table, wrapped } from './table.ts'

describe('table', () => {
  test('keeps to its width by wrapping the widest of the yielding columns', () => {
    const rows = [['one', 'a long text of many words that goes on and on', 'kept in one line as it is']]
    const drawn = table(['a', 'b', 'c'], rows, { width: 60, yielding: [0, 1] })
    expect(drawn).toBe(
      [
        '┌─────┬────────────────────────┬───────────────────────────┐',
        '│ a   │ b                      │ c                         │',
        '├─────┼────────────────────────┼───────────────────────────┤',
        '│ one │ a long text of many    │ kept in one line as it is │',
        '│     │ words that goes on and │                           │',
        '│     │ on                     │                           │',
        '└─────┴────────────────────────┴───────────────────────────┘',
      ].join('\n'),
    )
  })

  test('ends even where the columns that do not yield are too wide', () => {
    const drawn = table(['a', 'b'], [['x'.repeat(50), 'y'.repeat(50)]], { width: 30, yielding: [0] })
    expect(drawn).toContain('y'.repeat(50))
  })
})

describe('wrapped', () => {
  test('keeps every word, in lines within the width, the later ones indented', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}$/)
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 12, max: 40 }), (words, width) => {
        const lines = wrapped(words.join(' '), width, '  ').split('\n')
        expect(lines.every((line) => line.length <= width)).toBe(true)
        expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true)
        expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '))
      }),
    )
  })
})

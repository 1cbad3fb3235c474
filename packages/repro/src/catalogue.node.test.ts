import { expect, test } from 'vitest'
import { headline } from './catalogue.node.ts'
import { errorRow } from './row.ts'

const row = (method: string, published: { slide?: number; paper?: number }) =>
  errorRow({ method, settings: {}, count: 1, total: 100, ...published })

test('a result is headed by the last row that the slide has, else that the paper has, else the last', () => {
  const onSlide = row('a', { slide: 0.4 })
  const inPaper = row('b', { paper: 0.43 })
  const ours = row('c', {})
  expect(headline({ rows: [onSlide, inPaper, ours] })).toBe(onSlide)
  expect(headline({ rows: [inPaper, ours] })).toBe(inPaper)
  expect(headline({ rows: [ours] })).toBe(ours)
  expect(headline({ rows: [] })).toBeUndefined()
})

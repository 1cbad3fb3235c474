import { expect, test } from 'vitest'
import { choice, fromHash, letters, number, toHash, whole, yesNo } from './hash-state.ts'

const fields = {
  J: whole(3, 1, 5),
  xi: number(0.75, 0.3, 1),
  of: choice('images', 'images', 'signals'),
  frame: yesNo(false),
  drawn: letters('abc'),
}
const initial = { J: 3, xi: 0.75, of: 'images', frame: false, drawn: 'abc' } as const

test('what is as it is at first is left out of the hash', () => {
  expect(toHash(fields, { ...initial })).toBe('')
  expect(fromHash(fields, '')).toEqual(initial)
})

test('settings come back as they were', () => {
  const other = { J: 5, xi: 0.31, of: 'signals', frame: true, drawn: '' } as const
  const hash = toHash(fields, other)
  expect(hash).toBe('#J=5&xi=0.31&of=signals&frame=1&drawn=')
  expect(fromHash(fields, hash)).toEqual(other)
})

test('what is out of range, or of another kind, is passed over', () => {
  for (const hash of [
    '#J=6',
    '#J=0',
    '#J=2.5',
    '#J=',
    '#J=x',
    '#xi=2',
    '#xi=NaN',
    '#of=cars',
    '#frame=yes',
    '#drawn=a b',
    '#L=8',
  ])
    expect(fromHash(fields, hash)).toEqual(initial)
})

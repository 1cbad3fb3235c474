import { expect, it } from 'vitest'
import { arrayItems } from './array-items.ts'

it.each([
  [[0, 4, 4], 'EMPTY_INPUT'],
  [[4], 'SIZE'],
] as const)('an array of shape %j is refused, and closed', async (shape, code) => {
  let closed = 0
  const source = { shape, type: 'uint8', read: async () => new Uint8Array(0), close: async () => void closed++ }
  await expect(arrayItems(source, true, 'a.npy')).rejects.toMatchObject({ code })
  expect(closed).toBe(1)
})

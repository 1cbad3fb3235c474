// Runs every TypeScript block of the guide as it stands: what `console.log(…) // …` prints is what its comment says.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatWithOptions } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const docs = join(import.meta.dirname, '..')
const place = join(docs, '.cache/code')

const blocks = globSync('{*.md,guide/*.md,demos/*.md}', { cwd: docs }).flatMap((page) => {
  const found = [...readFileSync(join(docs, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)]
  return found.map(([, code], i) => ({
    name: `${page}, block ${i + 1}`,
    file: `${page.replaceAll(/\W/g, '-')}-${i}.ts`,
    code: code!,
  }))
})

/** What the comments say that is printed, line by line. */
const promised = (code: string): string[] =>
  [...code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text]) => text!)

beforeAll(() => void mkdirSync(place, { recursive: true }))
afterAll(() => rmSync(place, { recursive: true }))

describe('the guide', () => {
  test('has code', () => {
    expect(blocks.length).toBeGreaterThan(8)
  })

  test.each(blocks)('$name runs, and prints what it says', async ({ file, code }) => {
    writeFileSync(join(place, file), code)
    const printed: string[] = []
    const log = vi
      .spyOn(console, 'log')
      .mockImplementation((...values) => void printed.push(formatWithOptions({ colors: false }, ...values)))
    try {
      await import(join(place, file))
    } finally {
      log.mockRestore()
    }
    expect(promised(code).length).toBeGreaterThan(0)
    expect(printed).toEqual(promised(code))
  })
})

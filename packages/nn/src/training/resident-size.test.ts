import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('a thousand steps leave the memory of the process as it was', () => {
  const script = fileURLToPath(new URL('resident-size.test.run.ts', import.meta.url))
  const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' })
  // a step computes with 0.2 MB: one that stayed in a hundred would be seen
  expect(Number(output)).toBeLessThan(1)
})

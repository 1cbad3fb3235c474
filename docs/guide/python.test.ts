// Runs every Python block of the guide as it stands, where what it imports is installed: `print(…)  # …` prints what its comment says. Others are
// skipped by name; commands.test.ts reads them all.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const page = readFileSync(join(import.meta.dirname, 'coming-from.md'), 'utf8')
const interpreters = ['python3', '/usr/bin/python3']

/** Whether an interpreter has the modules; looks for them without loading them. */
const has = (python: string, modules: readonly string[]): boolean => {
  const look = 'import sys, importlib.util as u; sys.exit(not all(u.find_spec(m) for m in sys.argv[1:]))'
  return spawnSync(python, ['-c', look, ...modules]).status === 0
}

const blocks = [...page.matchAll(/^```python\n([\s\S]*?)^```/gm)].map(([, code]) => {
  const modules = [...code!.matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name!)
  return { code: code!, needs: modules.join(' and '), python: interpreters.find((one) => has(one, modules)) }
})

describe('Python in the guide', () => {
  test('is there, and each block says what it prints', () => {
    expect(blocks.map(({ needs }) => needs)).toEqual(['numpy and kymatio', 'torch', 'torch', 'numpy and sklearn'])
    for (const { code } of blocks) expect(code).toMatch(/^print\(.*\) {2}# .+$/m)
  })

  for (const { code, needs, python } of blocks) {
    test.skipIf(python === undefined)(`with ${needs} prints what it says`, () => {
      const { stdout, stderr } = spawnSync(python!, ['-c', code], { encoding: 'utf8' })
      const promised = [...code.matchAll(/^print\(.*\) {2}# (.*)$/gm)].map(([, text]) => text)
      expect({ printed: stdout.trim().split('\n'), stderr }).toEqual({ printed: promised, stderr: '' })
    })
  }
})

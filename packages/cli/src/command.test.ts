// The command in this process: what it prints and its exit code.
import { describe, expect, test } from 'vitest'
import { run } from './command.test.run.ts'
import { doneWithout } from './exit-codes.ts'

describe('scatterlab', () => {
  test('--help names the exit codes and ends with 0', async () => {
    const { code, stdout } = await run('--help')
    expect(code).toBe(0)
    expect(stdout).toContain('101-125')
  })

  test('a command that it has not is refused with the nearest', async () => {
    const { code, stderr } = await run('completoin', 'bash')
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean completion?')
  })
})

test('the completion of each shell names every command', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run('completion', shell)
    expect(code).toBe(0)
    for (const name of ['transform', 'merge', '--orientations', 'completion'].map((word) => word.replace('--', ''))) {
      expect(stdout).toContain(name)
    }
  }
  expect((await run('completion', 'tcsh')).code).toBe(2)
})

test('unreadable files are counted in the exit code', () => {
  expect([0, 1, 25, 1000].map(doneWithout)).toEqual([0, 101, 125, 125])
})

// Both ends of an app's thread, with the real program and an app in a temporary folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { appThread } from './thread.node.ts'
import { conduct } from './thread.ts'

test('what an app has posted is heard even when its thread is ended before anybody listened', async () => {
  const root = mkdtempSync(join(tmpdir(), 'repro-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const main = join(root, 'main.mjs')
  writeFileSync(
    main,
    `export default {
      name: 'hasty', slide: 'Haste', claim: 'nothing is lost', budgets: { quick: 1, full: 1 },
      async run({ log, output }) {
        log('now')
        for (let i = 0; i < 200; i++) output.checkpoint('count', Uint8Array.of(i))
        for (;;);
      },
    }`,
  )
  const heard: number[] = []
  const controller = new AbortController()
  const task = { mode: 'quick', seed: 1, resume: false } as const
  const { result, failure, resumable } = await conduct(appThread(new URL('bin.ts', import.meta.url), main), task, {
    signal: controller.signal,
    kept: {
      left: async () => undefined,
      keep: (name, bytes) => void (name === 'count' && heard.push(bytes[0])),
      remove: expect.unreachable,
    },
    onEvent(event) {
      if (event.type !== 'log') return
      expect(event.line).toBe('now')
      // deaf until all 200 are on their way
      const until = performance.now() + 300
      while (performance.now() < until);
      controller.abort()
    },
  })
  expect(result).toMatchObject({ app: 'hasty', partial: true })
  expect({ failure, resumable }).toEqual({ failure: undefined, resumable: true })
  expect(heard).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

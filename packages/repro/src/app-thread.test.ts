// Both ends of an app's thread, with the real program and an app in a temporary folder.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startApp } from './app-thread.ts'

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
  const posted = Promise.withResolvers<void>()
  const task = { mode: 'quick', seed: 1, backend: undefined, dataFolder: undefined, resume: false } as const
  const running = startApp(
    new URL('bin.ts', import.meta.url),
    { ...task, main, checkpointsAt: join(root, 'checkpoints') },
    {
      onEvent(event) {
        if (event.type !== 'log') return
        expect(event.line).toBe('now')
        // deaf until all 200 are on their way
        const until = performance.now() + 300
        while (performance.now() < until);
        posted.resolve()
        void running.kill()
      },
      onCheckpoint: (name, bytes) => void (name === 'count' && heard.push(bytes[0] ?? -1)),
    },
  )
  await posted.promise
  await running.kill()
  expect(heard).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

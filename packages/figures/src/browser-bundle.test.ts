import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { linePlot } from './line-plot.ts'

const entry = fileURLToPath(new URL('./index.ts', import.meta.url))

test('bundled for a page it needs nothing of Node, and draws the same bytes', { timeout: 60_000 }, async () => {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      lib: { entry, formats: ['es'] },
      rollupOptions: { output: { codeSplitting: false } },
    },
  })
  const [{ output }] = result as unknown as [{ output: [{ code: string; imports: string[] }] }]
  expect(output).toHaveLength(1)
  expect(output[0].imports).toEqual([])
  const traces = ['createRequire', 'Resvg', 'linkedom', 'browser-external'].filter((name) =>
    output[0].code.includes(name),
  )
  expect(traces).toEqual([])
  const page = (await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`)) as {
    linePlot: typeof linePlot
  }
  const options = {
    series: [{ label: 'a', x: [1, 10, 100], y: [3, 2, 1], error: [1, 1, 0.5] }],
    x: { scale: 'log' as const },
  }
  expect(page.linePlot(options).svg).toBe(linePlot(options).svg)
  // without a document, as in a worker
  await expect(page.linePlot(options).png()).rejects.toMatchObject({ code: 'NO_CANVAS' })
})

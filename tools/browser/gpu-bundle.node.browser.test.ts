// The GPU back end from a minified production bundle, under a policy that forbids to make code from text: kernels are text that
// gpu.js translates to shaders, which is none. Runs in Node and drives a browser.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { contractCases } from '@scatterlab/testing'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchOptions } from './chromium.ts'
import type { ModeOutcome } from './gpu-page/main.ts'
import { type ProductionPage, productionPage } from './production-page.ts'

/** Steps along a fibre have no kernels there yet; a new kernel must leave this list. */
const DECLINED = ['waveletField', 'waveletFieldAdjoint', 'fibreModulus', 'fibreModulusAdjoint']

let page: ProductionPage
let browser: Browser

beforeAll(async () => {
  page = await productionPage(join(import.meta.dirname, 'gpu-page'))
  browser = await chromium.launch(launchOptions)
}, 60_000)

afterAll(async () => {
  await browser?.close()
  page?.remove()
})

describe('a production bundle with the GPU back end', () => {
  it('has gpu.js in a file of its own, which is loaded when a back end is made', () => {
    const files = readdirSync(page.folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js'))
    const sizes = files.map((path) => {
      const text = readFileSync(join(page.folder, path))
      return { path, size: text.length, gzipped: gzipSync(text).length, hasGpuJs: text.includes('createKernelMap') }
    })
    for (const { path, size, gzipped } of sizes) console.info(`${path}: ${size} bytes, ${gzipped} gzipped`)
    expect(sizes.filter(({ hasGpuJs }) => hasGpuJs)).toHaveLength(1)
    const rest = sizes.filter(({ hasGpuJs }) => !hasGpuJs).reduce((sum, { gzipped }) => sum + gzipped, 0)
    expect(rest).toBeLessThan(100_000)
  })

  it('gives the numbers of the reference in both modes, each operation', { timeout: 300_000 }, async () => {
    const policy = { 'Content-Security-Policy': "default-src 'none'; script-src 'self'" }
    const outcomes = await page.visit<ModeOutcome[]>(browser, policy, 280_000)
    expect(outcomes.map(({ ran }) => ran)).toEqual(['webgl2', 'webgpu'])
    for (const { operations } of outcomes) {
      expect(Object.keys(operations)).toEqual(Object.keys(contractCases))
      for (const [operation, taken] of Object.entries(operations)) {
        expect(taken, operation).toBeTypeOf('number')
        if (DECLINED.includes(operation)) expect(taken, operation).toBe(0)
        else expect(taken, operation).toBeGreaterThan(0)
      }
    }
  })
})

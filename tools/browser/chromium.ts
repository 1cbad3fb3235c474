// How the browser of the tests is started. Nothing is ever downloaded: it is Debian's, or the one that CHROMIUM_PATH names.
import type { LaunchOptions } from 'playwright'

/** Options of playwright's launch. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // WebGL and WebGPU on a processor, where there is no GPU
    '--enable-unsafe-swiftshader',
    '--enable-unsafe-webgpu',
  ],
}

/** Headers by which a page is cross-origin isolated: it may share memory with its workers. */
export const isolation: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

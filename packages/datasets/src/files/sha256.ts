// SHA-256 by the engine's own Web Crypto: decides whether a file is the published one.

import { ValueError } from '@scatterlab/tensor'

/** The SHA-256 of `bytes`, 64 lower-case hexadecimal digits. Throws ValueError in an insecure page. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new ValueError('checksums need a page from https or localhost: serve the page so')
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

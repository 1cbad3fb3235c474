// The content policy of every page, as a meta tag: nothing but what the site itself serves. WebAssembly may be compiled, threads of
// the WebAssembly back end start from a blob:, and the few inline scripts that VitePress writes are named by their hash.
import { createHash } from 'node:crypto'

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The inline scripts in a page, as they stand. */
export function inlineScripts(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text!)
}

/** The policy of a page with these inline scripts. */
export function policyOf(scripts: readonly string[]): string {
  return Object.entries({
    'default-src': ["'none'"],
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...new Set(scripts.map(sha256))],
    // the colours of code and the sizes of formulas are style attributes
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'worker-src': ["'self'", 'blob:'],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  })
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ')
}

/** The page with its policy, before anything that the policy is about. */
export function withPolicy(html: string): string {
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(inlineScripts(html))}">`
  return html.replace(/<meta charset="utf-8">/i, (charset) => `${charset}\n    ${meta}`)
}

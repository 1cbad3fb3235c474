// Headers by which a page is cross-origin isolated: only then may it share memory with its workers, and use threads.

export const isolation: Record<string, string> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

// What a gzip file holds, piece by piece, by a page's own decoder, which reads one member. Node gets `inflate.node.ts`.

/** The bytes in the gzip file `bytes` as they come; throws the decoder's TypeErrors. */
export async function* inflated(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'))
  const reader = stream.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel()
  }
}

// The script of a worker of the pool, as source text, so that bundlers and minifiers leave it alone. It imports nothing, and uses
// only what Node's workers and those of pages have in common. The protocol is described in `workers.ts`.

/** The script of a worker. */
export const workerSource: string = `
'use strict'
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads')
if (node) start(node.workerData)
else self.onmessage = (event) => start(event.data)

function start({ memory, control, layout, thread, spin }) {
  const words = new Int32Array(memory.buffer, control, layout.words)
  const tables = []
  Atomics.add(words, layout.begun, 1)
  for (let seen = 0; ; ) {
    const until = performance.now() + spin
    while (Atomics.load(words, layout.generation) === seen && performance.now() < until)
      for (let i = 0; i < 32; i++) Atomics.pause?.()
    // The timeout lets the host end this thread while it sleeps.
    Atomics.wait(words, layout.generation, seen, 1000)
    const generation = Atomics.load(words, layout.generation)
    if (generation === seen) continue
    seen = generation
    Atomics.add(words, layout.active, 1)
    try {
      if (Atomics.load(words, layout.open) === 1) work()
    } catch (error) {
      fail(error)
    }
    if (Atomics.sub(words, layout.active, 1) === 1) Atomics.notify(words, layout.active)
    if (Atomics.load(words, layout.stop) === 1) break
  }
  if (node) node.parentPort.close()
  else self.close()

  function work() {
    while (tables.length < words[layout.modules]) {
      const at = layout.moduleTable + 2 * tables.length
      const [address, length] = [words[at] >>> 0, words[at + 1]]
      // A memory that another thread made larger shows it here a moment later.
      while (memory.buffer.byteLength < address + length) Atomics.wait(words, layout.stop, 0, 1)
      const bytes = new Uint8Array(memory.buffer, address, length).slice()
      const module = new WebAssembly.Module(bytes)
      const { exports } = new WebAssembly.Instance(module, { env: { memory } })
      tables.push(WebAssembly.Module.exports(module).map(({ name }) => exports[name]))
    }
    const program = new Float64Array(memory.buffer, words[layout.program] >>> 0, layout.programLength)
    const total = words[layout.total]
    for (;;) {
      let item = Atomics.add(words, layout.next, 1)
      if (item >= total) return
      let at = 0
      while (item >= program[at]) {
        item -= program[at]
        at = program[at + 1]
      }
      const calls = program[at + 2]
      at += 3
      for (let call = 0; call < calls; call++) {
        const kernel = tables[program[at]][program[at + 1]]
        const count = program[at + 2]
        at += 3
        const args = []
        for (let i = 0; i < count; i++, at += 3) args.push(program[at] + item * program[at + 1] + thread * program[at + 2])
        kernel(...args)
      }
    }
  }

  function fail(error) {
    const text = new TextEncoder().encode(String(error?.stack ?? error)).subarray(0, layout.errorBytes)
    if (Atomics.compareExchange(words, layout.failed, 0, thread) !== 0) return
    Atomics.store(words, layout.next, 0x40000000)
    const room = new Uint8Array(memory.buffer, control + 4 * layout.error, layout.errorBytes)
    room.set(text)
    words[layout.errorLength] = text.length
  }
}
`

/** A growing array of bytes, which the assembler writes sections and function bodies into. */
import { unsignedLeb } from './expressions.ts'

/** Bytes that grow. */
export class ByteBuffer {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024)
  length: number = 0

  /** Bytes behind the last one. */
  append(more: ArrayLike<number>): this {
    const end = this.length + more.length
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.bytes.length))
      grown.set(this.bytes.subarray(0, this.length))
      this.bytes = grown
    }
    // For the few bytes of one instruction a loop is faster than `set`.
    if (more.length > 32) this.bytes.set(more, this.length)
    else for (let i = 0; i < more.length; i++) this.bytes[this.length + i] = more[i]!
    this.length = end
    return this
  }

  /** The length as LEB128, then the bytes. */
  appendSized(buffer: ByteBuffer): this {
    return this.append(unsignedLeb(buffer.length)).append(buffer.view())
  }

  /** The bytes so far, as a view. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }
}

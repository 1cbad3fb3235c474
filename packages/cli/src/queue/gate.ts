// Lets work begin together with other work, or alone.

/** Work in the order of its coming: what is to be alone waits for all that came before, and all that come later wait for it. */
export class Gate {
  private alone: Promise<unknown> = Promise.resolve()
  private readonly together = new Set<Promise<unknown>>()
  private inside = 0

  /** Whether nothing has begun or waits, so that whatever comes next begins at once. */
  get isFree(): boolean {
    return this.inside === 0
  }

  /** Gives what `work` gives, once its turn has come. */
  async pass<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
    this.inside++
    const before = isAlone ? Promise.all([this.alone, ...this.together]) : this.alone
    const result = before.then(work)
    const leave = (): void => void this.inside--
    const ended = result.then(leave, leave)
    if (isAlone) this.alone = ended
    else {
      this.together.add(ended)
      void ended.then(() => this.together.delete(ended))
    }
    return result
  }
}

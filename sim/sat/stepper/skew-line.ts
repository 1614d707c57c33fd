/** Shift register behind the sequencer: every edge of the array taps it at its own delay. */
import { BUBBLE } from "./control-token.ts"

export class SkewLine {
  private readonly tokens: Int32Array
  private readonly steps: Int32Array
  private head = 0
  /** Step of the token that `tap` returned last, in full width. */
  step = 0

  /** @param longest the largest delay that is tapped, cycles */
  constructor(longest: number) {
    this.tokens = new Int32Array(longest + 1).fill(BUBBLE)
    this.steps = new Int32Array(longest + 1)
  }

  /** The sequencer's token of this cycle. */
  push(token: number, step: number): void {
    this.head = this.head + 1 === this.tokens.length ? 0 : this.head + 1
    this.tokens[this.head] = token
    this.steps[this.head] = step
  }

  /** What was pushed `delay` cycles ago (0: this cycle). */
  tap(delay: number): number {
    const at = this.head - delay
    const wrapped = at < 0 ? at + this.tokens.length : at
    this.step = this.steps[wrapped]
    return this.tokens[wrapped]
  }
}

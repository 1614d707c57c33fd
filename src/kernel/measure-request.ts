/** What a measuring process is asked, and what it answers: JSON on standard input, one JSON value a line on standard output. */
import type { SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"
import { type EnginePeaks, enginePeaks } from "./engine-peaks.ts"
import { type MeasuredLayer, measureLayers, type Measurement } from "./measure-layers.ts"

export interface MeasureRequest {
  readonly layers: readonly MeasuredLayer[]
  readonly variants: readonly SpmmVariant[]
  readonly samples: number
}

export type MeasureReply = { readonly measurement: Measurement } | { readonly peaks: EnginePeaks }

/** Measures what `text` asks; peaks are measured before and after, in the same run as the kernels. */
export const answerRequest = async (text: string, reply: (line: string) => void): Promise<void> => {
  const { layers, variants, samples } = JSON.parse(text) as MeasureRequest
  const say = (value: MeasureReply): void => {
    reply(`${JSON.stringify(value)}\n`)
  }
  say({ peaks: await enginePeaks() })
  await measureLayers(layers, variants, samples, (measurement) => {
    say({ measurement })
  })
  say({ peaks: await enginePeaks() })
}

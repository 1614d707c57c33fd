/** Sparse models to the bytes of their memory, and back. The layout is in `model-layout.ts`. */
import { confidenceGrades } from "./graded-predictor.ts"
import {
  budgetBits,
  budgetSlots,
  confidenceBits,
  directorySlots,
  hasLocal,
  slotBits,
  slotsOf,
  type SparseEntry,
  tagBits,
  termSlots,
  weightWidths,
} from "./model-layout.ts"
import { BOTH, DIFFER, OUTCOME, type Term } from "./sparse-model.ts"

const positionBits = 10
const termCountBits = 6
const modelCountBits = 8
const localWordsBits = 5

/** A cursor that reads or writes fields of a few bits; `at` counts bits. */
class BitCursor {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  write(value: number, bits: number): void {
    for (let k = 0; k < bits; k++, this.at++) this.#bytes[this.at >> 3] |= ((value >> k) & 1) << (this.at & 7)
  }

  read(bits: number): number {
    let value = 0
    for (let k = 0; k < bits; k++, this.at++) value |= ((this.#bytes[this.at >> 3] >> (this.at & 7)) & 1) << k
    return value
  }

  readSigned(bits: number): number {
    const shift = 32 - bits
    return (this.read(bits) << shift) >> shift
  }
}

/** What the memory holds. */
export interface SparseImage {
  readonly entries: readonly SparseEntry[]
  /** Words of 32 outcomes of a local history. */
  readonly localWords: number
}

/** Bits that an image takes. */
export const imageBits = ({ entries, localWords }: SparseImage): number =>
  slotBits * entries.reduce((sum, { model }) => sum + slotsOf(model, localWords), 1)

/** The 2,048 bytes, or undefined if they do not hold the models. `confidence` is what every counter starts at. */
export const encodeModels = (image: SparseImage, confidence: number): Uint8Array | undefined => {
  const { entries, localWords } = image
  if (imageBits(image) > budgetBits || entries.length >= 2 ** modelCountBits) return undefined
  const bytes = new Uint8Array(budgetBits / 8)
  const head = new BitCursor(bytes, 0)
  head.write(entries.length, modelCountBits)
  head.write(localWords, localWordsBits)
  let slot = 1 + directorySlots * entries.length
  for (const [e, { tag, model }] of entries.entries()) {
    const entry = new BitCursor(bytes, slotBits * (1 + directorySlots * e))
    entry.write(tag, tagBits)
    entry.write(slot, positionBits)
    entry.write(model.terms.length, termCountBits)
    entry.write(model.bias, weightWidths.bias)
    for (const weight of model.baseWeights) entry.write(weight, weightWidths.base)
    entry.write(confidence, confidenceBits)
    entry.write(hasLocal(model) ? 1 : 0, 1)
    const terms = new BitCursor(bytes, slotBits * slot)
    for (const { kind, first, second, weight } of model.terms) {
      terms.write(first, positionBits)
      terms.write(weight, weightWidths.term)
      terms.write(kind === OUTCOME ? 0 : 1, 1)
      if (kind === OUTCOME) continue
      terms.write(second, positionBits)
      terms.write(kind === BOTH ? 1 : 0, slotBits - positionBits)
    }
    slot += termSlots(model)
  }
  return bytes
}

const readTerm = (terms: BitCursor): Term => {
  const first = terms.read(positionBits)
  const weight = terms.readSigned(weightWidths.term)
  if (terms.read(1) === 0) return { kind: OUTCOME, first, second: 0, weight }
  const second = terms.read(positionBits)
  return { kind: terms.read(slotBits - positionBits) === 1 ? BOTH : DIFFER, first, second, weight }
}

export const decodeModels = (bytes: Uint8Array): SparseImage => {
  const head = new BitCursor(bytes, 0)
  const count = head.read(modelCountBits)
  const localWords = head.read(localWordsBits)
  const entries = Array.from({ length: count }, (_, e) => {
    const entry = new BitCursor(bytes, slotBits * (1 + directorySlots * e))
    const tag = entry.read(tagBits)
    const slot = entry.read(positionBits)
    const terms = entry.read(termCountBits)
    const bias = entry.readSigned(weightWidths.bias)
    const baseWeights = Array.from({ length: confidenceGrades }, () => entry.readSigned(weightWidths.base))
    const cursor = new BitCursor(bytes, slotBits * slot)
    return { tag, model: { terms: Array.from({ length: terms }, () => readTerm(cursor)), bias, baseWeights } }
  })
  return { entries, localWords }
}

/** Slots that no model uses. */
export const unusedSlots = (image: SparseImage): number => budgetSlots - imageBits(image) / slotBits

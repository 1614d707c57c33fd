/** Dimensions as a file declares them: sizes, symbols, or nothing; and the sizes that symbols get. */
import type { ValueInfoProto } from "onnx-buf"

/** A fixed size, a symbol's name, or undefined where the file says nothing. */
export type Dimension = number | string | undefined

/** Undefined for values that are not tensors, or of which the file gives no shape. */
export const dimensionsOf = (value: ValueInfoProto): readonly Dimension[] | undefined => {
  const type = value.type?.value
  if (type?.case !== "tensorType" || type.value.shape === undefined) return undefined
  return type.value.shape.dim.map(({ value }) => {
    if (value.case === "dimValue") return value.value < 0n ? undefined : Number(value.value)
    // Exporters write "?" or nothing for an unnamed dimension.
    return value.case === "dimParam" && value.value !== "" && value.value !== "?" ? value.value : undefined
  })
}

/** The size of a symbol, or of a sum such as "past_sequence_length + 1", once its parts have sizes. */
export const sizeOfSymbol = (text: string, symbols: ReadonlyMap<string, number>): number | undefined => {
  const whole = symbols.get(text)
  if (whole !== undefined) return whole
  const parts = text.split("+").map((part) => part.trim())
  const sizes = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : symbols.get(part)))
  let sum = 0
  for (const size of sizes) {
    if (size === undefined) return undefined
    sum += size
  }
  return sum
}

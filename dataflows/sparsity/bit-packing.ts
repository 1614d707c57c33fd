/** Unsigned fields of any width up to 31 bits in a byte array, lowest bit first, with no padding between them. */

/** ORs `value` into bits [`offset`, `offset + width`) of a zero-initialised array. */
export const writeBits = (bytes: Uint8Array, offset: number, width: number, value: number): void => {
  let at = offset
  let rest = value
  let left = width
  while (left > 0) {
    const shift = at % 8
    const taken = Math.min(8 - shift, left)
    bytes[Math.floor(at / 8)] |= (rest & ((1 << taken) - 1)) << shift
    rest >>>= taken
    at += taken
    left -= taken
  }
}

/** The field that `writeBits` wrote at the same offset and width. */
export const readBits = (bytes: Uint8Array, offset: number, width: number): number => {
  let value = 0
  let done = 0
  while (done < width) {
    const shift = (offset + done) % 8
    const taken = Math.min(8 - shift, width - done)
    const part = (bytes[Math.floor((offset + done) / 8)] >>> shift) & ((1 << taken) - 1)
    value |= part << done
    done += taken
  }
  return value
}

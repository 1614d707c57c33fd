/**
 * Columns of whole numbers as short text inside a page. Repetitions, which tiled loops are full of, are written once: a
 * sequence is literals and copies of what came before (Lempel and Ziv, 1977), in variable-length bytes, in Base64. Written
 * here because a general compressor's bytes differ between machines, and a page must not.
 */

/** Shorter repetitions cost more as a copy than as literals. */
const shortestCopy = 4
const hashBits = 16

/** Bytes that grow. */
class ByteWriter {
  bytes = new Uint8Array(1024)
  length = 0

  /** Seven bits a byte, least first; any safe integer that is not negative. */
  write(value: number): void {
    if (this.length + 10 > this.bytes.length) {
      const wider = new Uint8Array(this.bytes.length * 2)
      wider.set(this.bytes)
      this.bytes = wider
    }
    let rest = value
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.length++] = rest
  }
}

const hashAt = (values: ArrayLike<number>, i: number): number => {
  let hash = 0
  for (let k = 0; k < shortestCopy; k++) hash = Math.imul(hash ^ (values[i + k] | 0), 0x9e3779b1)
  return hash >>> (32 - hashBits)
}

/** `values` are safe integers of at least 0. */
export const packIntegers = (values: ArrayLike<number>): string => {
  const out = new ByteWriter()
  out.write(values.length)
  const lastPlace = new Int32Array(1 << hashBits).fill(-1)
  let literalsFrom = 0
  let at = 0
  const flush = (copied: number, distance: number): void => {
    out.write(at - literalsFrom)
    for (let i = literalsFrom; i < at; i++) out.write(values[i])
    out.write(copied)
    if (copied > 0) out.write(distance)
  }
  while (at < values.length) {
    let copied = 0
    let distance = 0
    if (at + shortestCopy <= values.length) {
      const hash = hashAt(values, at)
      const from = lastPlace[hash]
      lastPlace[hash] = at
      if (from >= 0) {
        distance = at - from
        while (at + copied < values.length && values[from + copied] === values[at + copied]) copied += 1
      }
    }
    if (copied < shortestCopy) {
      at += 1
      continue
    }
    flush(copied, distance)
    // Every fourth place of a copy is enough to find it again.
    const end = Math.min(at + copied, values.length - shortestCopy)
    for (let i = at + 1; i < end; i += 4) lastPlace[hashAt(values, i)] = i
    at += copied
    literalsFrom = at
  }
  flush(0, 0)
  return base64Of(out.bytes.subarray(0, out.length))
}

/** What `packIntegers` was given. */
export const unpackIntegers = (text: string): Float64Array => {
  const binary = atob(text)
  let at = 0
  const read = (): number => {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = binary.charCodeAt(at++)
      if (byte < 128) return value + byte * scale
      value += (byte - 128) * scale
      scale *= 128
    }
  }
  const values = new Float64Array(read())
  let length = 0
  while (at < binary.length) {
    for (let literals = read(); literals > 0; literals--) values[length++] = read()
    const copied = read()
    if (copied === 0) continue
    const distance = read()
    for (let i = 0; i < copied; i++, length++) values[length] = values[length - distance]
  }
  return values
}

const base64Of = (bytes: Uint8Array): string => {
  const parts: string[] = []
  const chunk = 3 * 4096
  for (let i = 0; i < bytes.length; i += chunk) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + chunk))))
  }
  return parts.join("")
}

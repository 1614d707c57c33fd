/**
 * Short typed arrays whose memory never moves. V8 keeps arrays of up to 64 bytes inside its own heap, where every access loads the
 * array's base and length again; in memory of their own both become constants of the compiled code, which makes a loop over
 * a predictor's tables about twice as fast.
 */

export const pinnedZeros = (length: number): Int32Array => new Int32Array(new ArrayBuffer(4 * length))

export const pinned = (values: ArrayLike<number>): Int32Array => {
  const array = pinnedZeros(values.length)
  array.set(values)
  return array
}

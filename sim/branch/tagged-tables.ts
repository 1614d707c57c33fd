/** Where the tagged tables of TAGE and its kin look: an index and a tag for each, of the address and a folded history. */
import { foldAddress, foldShifted } from "./address-fold.ts"
import { foldedHistory } from "./folded-history.ts"
import { pinned, pinnedZeros } from "./pinned-array.ts"

export interface TaggedTable {
  /** Outcomes hashed into index and tag, of branches of any class. */
  readonly historyLength: number
  /** Base-two logarithm of the number of entries; 2 to 20. */
  readonly indexBits: number
  /** 2 to 22. */
  readonly tagBits: number
}

/** The geometry that MBPlib's examples share, from the shortest history to the longest. */
export const mbpTaggedTables: readonly TaggedTable[] = (
  [
    [4, 10, 7],
    [5, 10, 7],
    [7, 10, 8],
    [9, 10, 8],
    [13, 10, 9],
    [17, 10, 11],
    [23, 10, 11],
    [32, 10, 12],
    [43, 10, 12],
    [58, 10, 12],
    [78, 10, 13],
    [105, 10, 13],
    [141, 9, 17],
    [191, 9, 17],
    [257, 9, 17],
  ] as const
).map(([historyLength, indexBits, tagBits]) => ({ historyLength, indexBits, tagBits }))

/** Addresses whose hashes are remembered: the loops of most programs fit. */
const remembered = 1024

/** Where an entry's tag begins; the bits below are the predictor's. */
export const tagShift = 8

export interface TaggedLookup {
  /** Entries of all tables, one after another; zero. */
  readonly entries: Int32Array
  /** Of table i, counted from 0, after `match`: the entry among those of all tables, and the tag. */
  readonly indices: Int32Array
  readonly tags: Int32Array
  /** Looks where the address and the history so far point to; bit i + 1 of the answer is set where table i has the tag. */
  readonly match: (pc: number, pcHigh: number) => number
  /** Appends an outcome to the history. */
  readonly push: (outcome: number) => void
}

/** The different values, and for each item the number of its value. */
const numbered = (
  items: readonly (readonly [number, number])[],
): readonly [(readonly [number, number])[], number[]] => {
  const names = [...new Set(items.map(String))]
  const of = items.map((item) => names.indexOf(String(item)))
  return [names.map((name) => items[items.findIndex((item) => String(item) === name)]), of]
}

/**
 * Index: fold of pc >> 2 ^ fold of history. Tag: fold of pc << e ^ fold of history, e = tagBits - indexBits. A negative e counts
 * modulo 64, as the processor's shift does: then only the lowest bits of the address reach the tag. Source: MBPlib's TAGE.
 */
export const taggedLookup = (tables: readonly TaggedTable[]): TaggedLookup => {
  const widths = [...new Set(tables.flatMap(({ indexBits, tagBits }) => [indexBits, tagBits]))]
  const longest = Math.max(...tables.map(({ historyLength }) => historyLength))
  const { sums, capacity, clock, newest, push } = foldedHistory(widths, longest)
  const last = capacity - 1
  const shift = tagShift
  const count = tables.length
  const starts = pinnedZeros(count)
  let size = 0
  for (const [i, table] of tables.entries()) {
    starts[i] = size
    size += 2 ** table.indexBits
  }
  const entries = pinnedZeros(size)
  const lengths = pinned(tables.map(({ historyLength }) => historyLength))
  /** Hashes of the address as [width, left shift]: those of indices, then those of tags. */
  const [hashes, hashOf] = numbered([
    ...tables.map(({ indexBits }) => [indexBits, -2] as const),
    ...tables.map(({ indexBits, tagBits }) => [tagBits, (tagBits - indexBits) & 63] as const),
  ])
  const columns = (of: readonly number[]) => {
    const kinds = of.map((hash) => widths.indexOf(hashes[hash][0]))
    return {
      hash: pinned(of.map((hash) => 2 + hash)),
      clock: pinned(kinds.map((kind) => 1 + kind)),
      row: pinned(kinds.map((kind) => kind * capacity)),
      width: pinned(kinds.map((kind) => widths[kind])),
      mask: pinned(kinds.map((kind) => 2 ** widths[kind] - 1)),
    }
  }
  const {
    hash: hashI,
    clock: clockI,
    row: rowI,
    width: widthI,
    mask: maskI,
  } = columns(hashOf.slice(0, count))
  const { hash: hashT, clock: clockT, row: rowT, width: widthT, mask: maskT } = columns(hashOf.slice(count))
  const indices = pinnedZeros(count)
  const tags = pinnedZeros(count)
  /** Of each remembered address, its two halves and its hashes. */
  const stride = 2 + hashes.length
  const memory = pinnedZeros(remembered * stride)

  const remember = (row: number, pc: number, pcHigh: number): void => {
    memory[row] = pc
    memory[row + 1] = pcHigh
    for (const [k, [width, shift]] of hashes.entries()) {
      memory[row + 2 + k] =
        shift < 0
          ? foldAddress((pc >>> 2) | (pcHigh << 30), pcHigh >>> 2, width)
          : foldShifted(pc, pcHigh, shift, width)
    }
  }

  return {
    entries,
    indices,
    tags,
    match: (pc, pcHigh) => {
      const row = ((pc ^ (pc >> 10)) & (remembered - 1)) * stride
      if (memory[row] !== pc || memory[row + 1] !== pcHigh) remember(row, pc, pcHigh)
      const head = clock[0]
      let matches = 0
      for (let i = 0; i < count; i++) {
        const past = (head - lengths[i]) & last
        const kindI = clockI[i]
        const turnI = clock[kindI]
        const sumI = newest[kindI] ^ sums[rowI[i] | past]
        const foldI = (sumI << turnI) | (sumI >>> (widthI[i] - turnI))
        const index = (starts[i] + ((memory[row + hashI[i]] ^ foldI) & maskI[i])) | 0
        indices[i] = index
        const kindT = clockT[i]
        const turnT = clock[kindT]
        const sumT = newest[kindT] ^ sums[rowT[i] | past]
        const foldT = (sumT << turnT) | (sumT >>> (widthT[i] - turnT))
        const tag = (memory[row + hashT[i]] ^ foldT) & maskT[i]
        tags[i] = tag
        // Without a branch, which would often go wrong itself: 0 only where the tags are equal.
        const differs = (entries[index] >> shift) ^ tag
        matches |= (2 << i) & ~((differs | -differs) >> 31)
      }
      return matches
    },
    push,
  }
}

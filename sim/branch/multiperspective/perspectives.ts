/** All histories that a multiperspective perceptron's features look at, and the hash of each feature. */
import type { Feature, LoopCounter, Perspective } from "./feature.ts"
import { blockedHistory } from "./blocked-history.ts"
import { branchRing } from "./branch-ring.ts"
import { recencyStack } from "./recency-stack.ts"

export interface LocalHistoryShape {
  readonly localHistories: number
  readonly localHistoryBits: number
  readonly recencyDepth: number
}

/** A conditional branch as the histories see it. */
export interface Perspectives {
  /** The branch's own outcomes. */
  readonly local: (pc: number) => number
  /** For each feature, 32 bits of hash, before the address and what is mixed in. */
  readonly hashes: readonly ((pc: number, entries: number) => number)[]
  /** For each feature, what is mixed into its index. */
  readonly mixes: readonly ((pc: number, entries: number) => number)[]
  /** A conditional branch; `hashed` is its hashed address, `backward` 1 where its target lies below it. */
  readonly conditional: (pc: number, hashed: number, taken: number, backward: number) => void
  /** Appends to the branch's own outcomes. */
  readonly recordLocal: (pc: number, taken: number) => void
  /** A branch of another class: its address stands for its outcome. */
  readonly other: (pc: number) => void
  /** Bits of all histories but the local ones, by name, and how often they were written. */
  readonly storage: readonly {
    readonly name: string
    readonly bits: number
    readonly written: () => number
  }[]
}

const short = (pc: number): number => (pc >>> 2) & 0xffff

export const perspectives = (features: readonly Feature[], shape: LocalHistoryShape): Perspectives => {
  const seen = features.map(({ perspective }) => perspective)
  const of = <K extends Perspective["kind"]>(...kinds: readonly K[]) =>
    seen.filter((p): p is Extract<Perspective, { kind: K }> => (kinds as readonly string[]).includes(p.kind))
  const greatest = (values: readonly number[]): number => Math.max(0, ...values)

  const outcomeBits =
    1 +
    greatest([
      ...of("outcomes").map(({ to }) => to),
      ...of("outcomes-and-path", "outcomes-and-path-bit").map(({ depth }) => depth),
    ])
  const outcomes = blockedHistory(outcomeBits)
  const pathDepth = 1 + greatest(of("path", "outcomes-and-path", "outcomes-and-path-bit").map((p) => p.depth))
  const recent = branchRing(pathDepth)
  const pathBits = [...new Set(of("outcomes-and-path-bit").map(({ bit }) => bit))]
  const bitHistories = pathBits.map((bit) =>
    blockedHistory(
      greatest(
        of("outcomes-and-path-bit")
          .filter((p) => p.bit === bit)
          .map((p) => p.depth),
      ),
    ),
  )
  const moduloFeatures = of("modulo-outcomes", "modulo-path", "modulo-outcomes-and-path")
  const moduli = [...new Set(moduloFeatures.map(({ modulus }) => modulus))]
  const moduloRings = moduli.map((modulus) =>
    branchRing(greatest(moduloFeatures.filter((p) => p.modulus === modulus).map((p) => p.depth))),
  )
  const acyclicSizes = [...new Set(of("acyclic").map(({ size }) => size))]
  const acyclic = new Int32Array(new ArrayBuffer(4 * acyclicSizes.length))
  const blurry = of("blurry-path").map(({ scale, depth }) => ({
    scale,
    depth,
    regions: new Float64Array(depth),
  }))
  const stack = recencyStack(shape.recencyDepth)
  const locals = new Int32Array(shape.localHistories)
  const localMask = 2 ** shape.localHistoryBits - 1
  const localAt = (pc: number): number => (pc >>> 2) % shape.localHistories
  let backwardTaken = 0
  let forwardNotTaken = 0
  let pushed = 0
  let conditional = 0
  let moduloPushed = 0
  let regionsPushed = 0

  const pushPath = (pc: number, outcome: number): void => {
    const address = short(pc)
    pushed++
    outcomes.push(outcome)
    recent.push(address, outcome)
    for (const [i, bit] of pathBits.entries()) bitHistories[i].push(((address >> bit) & 1) ^ outcome)
  }

  const loopCount = (counter: LoopCounter) =>
    counter === "backward-taken" ? () => backwardTaken : () => forwardNotTaken

  /** The place among the last branches, spread over the table; its last entry if the branch is not there. */
  const positionHash =
    (depth: number) =>
    (pc: number, entries: number): number => {
      const place = stack.position(short(pc))
      return place < depth ? Math.floor((place * entries) / depth) : entries - 1
    }

  const hashOf = (p: Perspective): ((pc: number, entries: number) => number) => {
    switch (p.kind) {
      case "outcomes":
        return () => outcomes.sum(p.from, p.to)
      case "path":
        return () => recent.path(p.depth, p.shift)
      case "outcomes-and-path":
        return () => recent.outcomesAndPath(p.depth, p.shift)
      case "outcomes-and-path-bit": {
        const history = bitHistories[pathBits.indexOf(p.bit)]
        return () => history.xor(p.depth)
      }
      case "modulo-outcomes": {
        const ring = moduloRings[moduli.indexOf(p.modulus)]
        return () => ring.outcomes(p.depth)
      }
      case "modulo-path": {
        const ring = moduloRings[moduli.indexOf(p.modulus)]
        return () => ring.path(p.depth, p.shift)
      }
      case "modulo-outcomes-and-path": {
        const ring = moduloRings[moduli.indexOf(p.modulus)]
        return () => ring.outcomesAndPath(p.depth, p.shift)
      }
      case "recency":
        return () => stack.path(p.depth, p.shift)
      case "recency-position":
        return positionHash(p.depth)
      case "acyclic": {
        const register = acyclicSizes.indexOf(p.size)
        return () => acyclic[register]
      }
      case "blurry-path": {
        const { regions } = blurry[of("blurry-path").indexOf(p)]
        return () => regions.reduce((sum, region) => sum + region, 0) | 0
      }
      case "local":
        return (pc) => locals[localAt(pc)]
      case "loop-iterations":
        return loopCount(p.counter)
    }
  }

  return {
    local: (pc) => locals[localAt(pc)],
    hashes: seen.map(hashOf),
    mixes: features.map(({ mixedWith }) => {
      if (mixedWith === undefined) return () => 0
      return mixedWith === "recency-position" ? positionHash(shape.recencyDepth) : loopCount(mixedWith)
    }),
    conditional: (pc, hashed, taken, backward) => {
      conditional++
      if (backward === 1) backwardTaken = taken === 1 ? (backwardTaken + 1) | 0 : 0
      else forwardNotTaken = taken === 1 ? 0 : (forwardNotTaken + 1) | 0
      pushPath(pc, taken)
      for (const [i, size] of acyclicSizes.entries()) {
        const bit = 1 << (hashed % size)
        acyclic[i] = taken === 1 ? acyclic[i] | bit : acyclic[i] & ~bit
      }
      for (const [i, modulus] of moduli.entries()) {
        if (hashed % modulus !== 0) continue
        moduloRings[i].push(short(pc), taken)
        moduloPushed++
      }
      for (const { scale, regions } of blurry) {
        const region = pc >>> scale
        if (regions[0] === region) continue
        regions.copyWithin(1, 0)
        regions[0] = region
        regionsPushed++
      }
      stack.push(short(pc))
    },
    recordLocal: (pc, taken) => {
      const i = localAt(pc)
      locals[i] = ((locals[i] << 1) | taken) & localMask
    },
    other: (pc) => pushPath(pc, ((pc >>> 2) & 1) ^ 1),
    storage: [
      { name: "outcomes", written: () => pushed, bits: outcomeBits },
      { name: "path", written: () => pushed, bits: 16 * pathDepth },
      { name: "loop counters", written: () => conditional, bits: 64 },
      {
        name: "modulo outcomes",
        written: () => moduloPushed,
        bits: moduli
          .map((m) => of("modulo-outcomes", "modulo-outcomes-and-path").filter((p) => p.modulus === m))
          .reduce(
            (sum, those) => sum + (those.length === 0 ? 0 : 1 + greatest(those.map((p) => p.depth))),
            0,
          ),
      },
      {
        name: "modulo path",
        written: () => moduloPushed,
        bits: moduli
          .map((m) => of("modulo-path", "modulo-outcomes-and-path").filter((p) => p.modulus === m))
          .reduce(
            (sum, those) => sum + (those.length === 0 ? 0 : 16 * (1 + greatest(those.map((p) => p.depth)))),
            0,
          ),
      },
      {
        name: "acyclic",
        written: () => conditional,
        bits: acyclicSizes.reduce((sum, size) => sum + size, 0),
      },
      {
        name: "blurry path",
        written: () => regionsPushed,
        bits: blurry.reduce((sum, { scale, depth }) => sum + depth * (32 - scale), 0),
      },
      { name: "recency stack", written: () => conditional, bits: 16 * shape.recencyDepth },
    ],
  }
}

/** What this machine and engine reach without memory: the clock, and multiplies and adds of vectors in registers. */
import { cpuSeconds } from "./cpu-seconds.ts"
import { instantiateText } from "./assemble-kernels.ts"

export interface EnginePeaks {
  /** Cycles a second, as a chain of dependent integer additions shows them. */
  readonly clock: number
  /** fp32 multiplies and adds a second. */
  readonly flops: number
}

/** Chains of acc = acc × b + c to try: few wait for latency, many spill. */
const chainCounts = [8, 10, 11, 12, 13] as const
export const dependentAdds = 32

const indices = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

/** A function `peakN` that runs N chains of multiplies and adds in registers for as many turns as it is given. */
export const peakFunction = (chains: number): string => `(func (export "peak${chains}") (param $n i32)
  (local $b v128) (local $c v128) ${indices(chains)
    .map((i) => `(local $a${i} v128)`)
    .join(" ")}
  (local.set $b (v128.load (i32.const 0))) (local.set $c (v128.load (i32.const 16)))
  ${indices(chains)
    .map((i) => `(local.set $a${i} (v128.load (i32.const ${16 * i})))`)
    .join(" ")}
  (loop $again
    ${indices(chains)
      .map(
        (i) => `(local.set $a${i} (f32x4.add (f32x4.mul (local.get $a${i}) (local.get $b)) (local.get $c)))`,
      )
      .join("\n    ")}
    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  ${indices(chains)
    .map((i) => `(v128.store (i32.const ${16 * i}) (local.get $a${i}))`)
    .join(" ")})`

/**
 * A function `clock` of dependent additions, as many turns of `dependentAdds` as it is given. Addition and exclusive or in turn,
 * so that the compiler cannot fold the chain.
 */
export const clockFunction = `(func (export "clock") (param $n i32) (param $k i32) (local $x i32)
  (loop $again
    ${indices(dependentAdds / 2)
      .map(() => "(local.set $x (i32.add (i32.xor (local.get $x) (local.get $k)) (local.get $k)))")
      .join("\n    ")}
    (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (i32.store (i32.const 0) (local.get $x)))`

const samples = 9

const leastSeconds = (run: () => void): number => {
  run()
  let best = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < samples; sample += 1) {
    const before = cpuSeconds()
    run()
    best = Math.min(best, cpuSeconds() - before)
  }
  return best
}

export const enginePeaks = async (): Promise<EnginePeaks> => {
  const text = `(module (import "env" "memory" (memory 1)) ${clockFunction} ${chainCounts.map(peakFunction).join("\n")})`
  const { kernel } = await instantiateText(text, 65_536)
  const turns = 400_000
  const clock = kernel("clock")
  const clockSeconds = leastSeconds(() => {
    clock(turns, 5)
  })
  const rates = chainCounts.map((chains) => {
    const peak = kernel(`peak${chains}`)
    return (
      (8 * chains * turns) /
      leastSeconds(() => {
        peak(turns)
      })
    )
  })
  return { clock: (dependentAdds * turns) / clockSeconds, flops: Math.max(...rates) }
}

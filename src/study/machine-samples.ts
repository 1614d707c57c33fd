/**
 * Machines drawn from the plausible ranges of the numbers that are not known: a Latin hypercube, so that every number's
 * range is covered evenly by few samples. Numbers are independent; each is log-uniform over its range (uniform where the
 * range starts at zero), and whole where its value is.
 */
import { type ArrayMachine, machineNumbers, type PlacedQuantity } from "../../arch/machine.ts"
import { withNumber } from "../run/uncertainty.ts"
import { seededRandom, shuffled } from "./seeded-random.ts"

/** Numbers of a machine that have a plausible range and are neither published nor measured. */
export const unknownNumbers = (machine: ArrayMachine): readonly PlacedQuantity[] =>
  machineNumbers(machine).filter(
    ({ range, status }) => range !== undefined && status !== "published" && status !== "measured",
  )

/** The value at quantile `q` of a number's range. */
export const valueAt = ({ value, range }: PlacedQuantity, q: number): number => {
  const [low, high] = range ?? [value, value]
  const x = low > 0 ? low * (high / low) ** q : low + (high - low) * q
  const whole = Number.isInteger(value) && Number.isInteger(low) && Number.isInteger(high)
  return whole ? Math.round(x) : x
}

/** `n` machines. The same seed gives the same machines. */
export const sampleMachines = (machine: ArrayMachine, n: number, seed: number): readonly ArrayMachine[] => {
  const random = seededRandom(seed)
  const numbers = unknownNumbers(machine).map((number) => ({ number, strata: shuffled(n, random) }))
  return Array.from({ length: n }, (_, i) => {
    let sample = machine
    for (const { number, strata } of numbers) {
      sample = withNumber(sample, number.path, valueAt(number, (strata[i] + random()) / n))
    }
    return sample
  })
}

/**
 * Energy of logic and SRAM from one process node and supply voltage to another.
 *
 * Source: A. Stillmaker and B. Baas, "Scaling equations for the accurate prediction of CMOS device performance from 180 nm
 * to 7 nm", Integration 58 (2017) 74-81: energy ∝ f(V) = a V² + b V + c with coefficients per node (equation 5, table 5).
 * Coefficients as transcribed by Accelergy's hwcomponents; the 65 nm row is confirmed by the authors' corrigendum. Its 45
 * and 32 nm rows are not the paper's high-k ones (as quoted in other public code), which are lower.
 *
 * Limits: at FinFET nodes the fit is optimistic. From 45 nm to 7 nm at nominal voltages it falls 18 times, the inverters
 * that the same paper simulates 9 times (1.05 to 0.111 fJ, table 2 as quoted in public code). DRAM, PHYs and wires do not
 * follow it at all and must not be scaled.
 */
import { ConfigError } from "./errors.ts"

/** A process node in nanometres at a supply voltage in volts. */
export interface OperatingPoint {
  readonly node: number
  readonly voltage: number
}

interface NodeFit {
  readonly node: number
  readonly a: number
  readonly b: number
  readonly c: number
  /** Nominal supply, volts: table 2 of the paper (as quoted in public code) from 45 nm down, assumed above. */
  readonly nominal: number
}

/** Ordered from the smallest node up. */
export const nodeFits: readonly NodeFit[] = [
  { node: 7, a: 0.1776, b: -0.09097, c: 0.02447, nominal: 0.8 },
  { node: 10, a: 0.2068, b: -0.09311, c: 0.02375, nominal: 0.83 },
  { node: 14, a: 0.2363, b: -0.09675, c: 0.02239, nominal: 0.86 },
  { node: 16, a: 0.2958, b: -0.1241, c: 0.03024, nominal: 0.86 },
  { node: 20, a: 0.373, b: -0.1582, c: 0.04104, nominal: 0.9 },
  { node: 32, a: 0.9559, b: -0.7823, c: 0.471, nominal: 0.97 },
  { node: 45, a: 1.103, b: -0.362, c: 0.2767, nominal: 1.1 },
  { node: 65, a: 3.755, b: -4.398, c: 1.975, nominal: 1.1 },
  { node: 90, a: 4.762, b: -4.781, c: 2.092, nominal: 1.2 },
  { node: 130, a: 7.171, b: -6.709, c: 2.904, nominal: 1.3 },
]

/** No fitted node was run above this (volts, assumed); a larger number is a slip of the pen. */
const highestVoltage = 1.5

/**
 * A parabola rises again below its minimum at -b / 2a, where less voltage would cost more energy; the fit is used from a
 * tenth above that minimum on.
 */
const lowestVoltage = (fit: NodeFit): number => (1.1 * -fit.b) / (2 * fit.a)

/** f(V) at a node of the table. */
const fitted = (fit: NodeFit, voltage: number): number => fit.a * voltage ** 2 + fit.b * voltage + fit.c

/** The fits on both sides of a node and how far it lies from the smaller towards the larger, 0 to 1. */
const bracket = (
  node: number,
): { readonly smaller: NodeFit; readonly larger: NodeFit; readonly along: number } => {
  const at = nodeFits.findIndex((fit) => node <= fit.node)
  const larger = nodeFits[at]
  const smaller = nodeFits[Math.max(0, at - 1)]
  if (larger === undefined || smaller === undefined || node < smaller.node) {
    throw new ConfigError({
      message: `node ${node} nm is outside the 7 to 130 nm that energy can be scaled between`,
      remedy: "Choose a node from 7 to 130 nm; nothing is extrapolated beyond the published fits.",
    })
  }
  return node === larger.node
    ? { smaller: larger, larger, along: 0 }
    : { smaller, larger, along: (node - smaller.node) / (larger.node - smaller.node) }
}

const between = (from: number, to: number, along: number): number => from + (to - from) * along

/** Nominal supply of a node in volts, linear in nm between the nodes of the table. @throws ConfigError */
export const nominalVoltage = (node: number): number => {
  const { smaller, larger, along } = bracket(node)
  return between(smaller.nominal, larger.nominal, along)
}

/**
 * f(V) of any node from 7 to 130 nm, linear in nm between the published ones (the interpolation is not the paper's).
 * Only ratios mean something. Rises with the node, and with the voltage in the range that is accepted.
 * @throws ConfigError when node or voltage is outside what the fits cover
 */
export const energyFactor = ({ node, voltage }: OperatingPoint): number => {
  const { smaller, larger, along } = bracket(node)
  const lowest = Math.max(lowestVoltage(smaller), lowestVoltage(larger))
  if (!(voltage >= lowest && voltage <= highestVoltage)) {
    throw new ConfigError({
      message: `supply ${voltage} V is outside the ${lowest.toFixed(2)} to ${highestVoltage} V that the energy fit of ${node} nm holds for`,
      remedy: `Choose a voltage in that range; ${nominalVoltage(node).toFixed(2)} V is nominal.`,
    })
  }
  return between(fitted(smaller, voltage), fitted(larger, voltage), along)
}

/**
 * What an energy at `from` is multiplied by to become one at `to`: E_to = E_from · f_to(V_to) / f_from(V_from).
 * @throws ConfigError as `energyFactor`
 */
export const nodeScaling = (from: OperatingPoint, to: OperatingPoint): number =>
  energyFactor(to) / energyFactor(from)

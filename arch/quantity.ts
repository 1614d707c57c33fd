/** A number with where it comes from. Machine and energy files hold no other kind of number. */
import * as Schema from "effect/Schema"
import { type Dimension, isUnitName, toBase, type UnitName, units } from "./units.ts"

/**
 * How a number is known: `published` by the machine's makers or a paper, `measured` on the thing itself, `derived` from
 * other numbers by arithmetic that `source` shows, `fitted` to the cases that `source` names, or `assumed`.
 */
export const Status = Schema.Literals(["published", "measured", "derived", "assumed", "fitted"])
export type Status = typeof Status.Type

/** A decoded number: `value` is in the base unit of its dimension, `written` is as it stands in the file. */
export interface Quantity {
  readonly value: number
  readonly written: number
  readonly unit: UnitName
  readonly source: string
  readonly status: Status
  /** Plausible least and greatest value (base unit); numbers without one do not enter an uncertainty band. */
  readonly range?: readonly [number, number]
  readonly note?: string
}

const UnitNameSchema = Schema.String.check(
  Schema.makeFilter((name: string) =>
    isUnitName(name) ? undefined : `a known unit (${Object.keys(units).join(", ")})`,
  ),
)

/** The file form of a quantity. */
export const QuantityFile = Schema.Struct({
  value: Schema.Finite,
  unit: UnitNameSchema,
  source: Schema.NonEmptyString,
  status: Status,
  range: Schema.optionalKey(Schema.Tuple([Schema.Finite, Schema.Finite])),
  note: Schema.optionalKey(Schema.String),
})
export type QuantityFile = typeof QuantityFile.Type

interface QuantityRule {
  readonly dimension: Dimension
  /** Least value allowed, inclusive, in the base unit. */
  readonly min?: number
  readonly max?: number
  readonly integer?: true
}

const complaint = (q: QuantityFile, rule: QuantityRule): string | undefined => {
  if (!isUnitName(q.unit)) return undefined
  if (units[q.unit].dimension !== rule.dimension) {
    const fitting = Object.entries(units).filter(([, u]) => u.dimension === rule.dimension)
    return `a ${rule.dimension} in ${fitting.map(([name]) => name).join(", ")}, not ${q.unit}`
  }
  const { unit } = q
  // Both ends of the range are tried as the machine's number when an uncertainty band is worked out.
  for (const written of [q.value, ...(q.range ?? [])]) {
    const value = toBase(written, unit)
    if (rule.integer === true && !Number.isInteger(value)) return `a whole number, not ${written} ${unit}`
    if (rule.min !== undefined && value < rule.min)
      return `a value of at least ${rule.min}, not ${written} ${unit}`
    if (rule.max !== undefined && value > rule.max)
      return `a value of at most ${rule.max}, not ${written} ${unit}`
  }
  if (q.range !== undefined && !(q.range[0] <= q.value && q.value <= q.range[1])) {
    return `a range that contains the value ${q.value}, not [${q.range.join(", ")}]`
  }
  return undefined
}

/** Schema of one quantity field: checks unit, sign and range of what the file says. Decode the result with `decoded`. */
export const quantity = (rule: QuantityRule) =>
  QuantityFile.check(Schema.makeFilter((q: QuantityFile) => complaint(q, rule)))

/** The file form turned into base units. The schema must have accepted it. */
export const decoded = (q: QuantityFile): Quantity => {
  const unit = q.unit as UnitName
  return {
    value: toBase(q.value, unit),
    written: q.value,
    unit,
    source: q.source,
    status: q.status,
    ...(q.range === undefined
      ? {}
      : { range: [toBase(q.range[0], unit), toBase(q.range[1], unit)] as const }),
    ...(q.note === undefined ? {} : { note: q.note }),
  }
}

/** The on-chip rows of an energy table, whatever form their numbers have: as written in the file, decoded, scaled. */
import type { Dtype } from "./energy-component.ts"

export interface MacPrices<N> {
  readonly dtype: Dtype
  readonly accumulate: Dtype
  readonly compute: N
  readonly gated: N
}

export interface AluPrices<N> {
  readonly dtype: Dtype
  readonly add: N
  readonly mul: N
}

export interface StoragePrices<N> {
  readonly read: N
  readonly write: N
}

/** A memory whose energy per byte is known. */
export interface SramAnchor<N> extends StoragePrices<N> {
  readonly capacity: N
}

/** Energy per byte against capacity: through the anchors, beyond them a power of capacity. */
export interface SramLaw<N> {
  readonly exponent: N
  readonly anchors: readonly SramAnchor<N>[]
}

export interface DramPrices<N> extends StoragePrices<N> {
  readonly technology: string
}

export interface EnergyEntries<N> {
  readonly mac?: readonly MacPrices<N>[]
  readonly alu?: readonly AluPrices<N>[]
  /** Per bit. */
  readonly comparator?: { readonly compare: N }
  readonly sram?: SramLaw<N>
  readonly register?: StoragePrices<N>
}

/** Every number replaced: energies by `energy`, capacities and exponents by `other`. Shape and names stay. */
export const mapEntries = <From, To>(
  { mac, alu, comparator, sram, register }: EnergyEntries<From>,
  { energy, other }: { readonly energy: (n: From) => To; readonly other: (n: From) => To },
): EnergyEntries<To> => {
  const storage = ({ read, write }: StoragePrices<From>): StoragePrices<To> => ({
    read: energy(read),
    write: energy(write),
  })
  return {
    ...(mac && {
      mac: mac.map((row) => ({ ...row, compute: energy(row.compute), gated: energy(row.gated) })),
    }),
    ...(alu && { alu: alu.map((row) => ({ ...row, add: energy(row.add), mul: energy(row.mul) })) }),
    ...(comparator && { comparator: { compare: energy(comparator.compare) } }),
    ...(sram && {
      sram: {
        exponent: other(sram.exponent),
        anchors: sram.anchors.map((anchor) => ({ capacity: other(anchor.capacity), ...storage(anchor) })),
      },
    }),
    ...(register && { register: storage(register) }),
  }
}

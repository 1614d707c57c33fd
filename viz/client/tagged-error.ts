/** What the engines' errors are in a page: the part of `effect/Data` that `arch/errors.ts` is made of, in few bytes. */

export const TaggedError = (tag: string) =>
  class extends Error {
    readonly _tag = tag

    constructor(fields: Readonly<Record<string, unknown>>) {
      super()
      Object.assign(this, fields)
      this.name = tag
    }
  }

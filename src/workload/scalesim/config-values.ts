/** Values of a SCALE-Sim configuration by section and key, each read as what it must be. */
import { ConfigError } from "../../../arch/errors.ts"
import { didYouMean, nearest } from "../../../arch/nearest.ts"
import { type IniEntry, type IniSection, iniText } from "./ini-lines.ts"
import { firstBinaryCharacter, type Position, textLines } from "./text-lines.ts"

/** Something odd that changes nothing: a key or section that is not read. */
export interface ConfigWarning {
  readonly message: string
  readonly place: { readonly file: string; readonly line: number; readonly column: number }
}

/** Sections with their keys, spelled as SCALE-Sim's own files do. */
export type KeysOfSections = Readonly<Record<string, readonly string[]>>

const largestNumber = 1e12

/** The values of one file. Every error names the file, line and column, what is there and what should be. */
export class ConfigValues {
  readonly #file: string
  readonly #known: KeysOfSections
  readonly #sections = new Map<string, IniSection>()
  readonly #entries = new Map<string, IniEntry>()
  readonly warnings: ConfigWarning[] = []

  constructor(text: string, file: string, known: KeysOfSections) {
    this.#file = file
    this.#known = known
    const binary = firstBinaryCharacter(textLines(text))
    if (binary !== undefined) {
      throw this.error("this is not a text file", binary, "Give a SCALE-Sim .cfg file.")
    }
    const { sections, mistakes } = iniText(text)
    for (const { message, at } of mistakes) throw this.error(message, at)
    for (const section of sections) this.#addSection(section)
    if (this.#sections.size === 0) {
      throw this.error(
        "there is no section of a SCALE-Sim configuration here",
        { line: 1, column: 1 },
        `Expected sections: ${Object.keys(known).join(", ")}.`,
      )
    }
  }

  #addSection(section: IniSection): void {
    const name = Object.keys(this.#known).find((known) => same(known, section.name))
    if (name === undefined) {
      this.#warn(`section [${section.name}] is not read`, section.name, Object.keys(this.#known), section.at)
      return
    }
    const before = this.#sections.get(name)
    if (before !== undefined) {
      throw this.error(`section [${name}] stands a second time, first in line ${before.at.line}`, section.at)
    }
    this.#sections.set(name, section)
    for (const entry of section.entries) this.#addEntry(name, entry)
  }

  #addEntry(section: string, entry: IniEntry): void {
    const keys = this.#known[section]
    const key = keys.find((known) => same(known, entry.key))
    if (key === undefined) {
      const home = Object.keys(this.#known).find((name) => this.#known[name].some((k) => same(k, entry.key)))
      if (home !== undefined) {
        throw this.error(
          `${entry.key} stands in [${section}]`,
          entry.keyAt,
          `Move it to [${home}], where it is read.`,
        )
      }
      this.#warn(`${entry.key} in [${section}] is not read`, entry.key, keys, entry.keyAt)
      return
    }
    const before = this.#entries.get(key)
    if (before !== undefined) {
      throw this.error(`${key} stands a second time, first in line ${before.keyAt.line}`, entry.keyAt)
    }
    if (entry.value === "") throw this.error(`${key} has no value`, entry.valueAt)
    this.#entries.set(key, entry)
  }

  #warn(message: string, name: string, known: readonly string[], at: Position): void {
    const near = nearestSpelling(name, known)
    this.warnings.push({
      message: near === undefined ? `${message}.` : `${message}; did you mean ${near}?`,
      place: { file: this.#file, line: at.line, column: at.column },
    })
  }

  error(found: string, at: Position, remedy?: string): ConfigError {
    const place = { file: this.#file, line: at.line, column: at.column }
    const message = `SCALE-Sim configuration: ${found}.`
    return new ConfigError(remedy === undefined ? { message, place } : { message, place, remedy })
  }

  has(key: string): boolean {
    return this.#entries.has(key)
  }

  /** Where the value of `key` stands; its section, or the start of the file, when it is absent. */
  at(key: string): Position {
    const entry = this.#entries.get(key)
    if (entry !== undefined) return entry.valueAt
    const home = Object.keys(this.#known).find((name) => this.#known[name].includes(key))
    return this.#sections.get(home ?? "")?.at ?? { line: 1, column: 1 }
  }

  text(key: string): string | undefined {
    return this.#entries.get(key)?.value
  }

  /** A whole number from `smallest` up; `fallback` when the key is absent. */
  wholeNumber(key: string, smallest: number, fallback?: number): number {
    const value = this.text(key)
    if (value === undefined) {
      if (fallback !== undefined) return fallback
      throw this.#missing(key)
    }
    return this.#wholeNumber(key, value, smallest)
  }

  /** Comma-separated whole numbers from 1 up. */
  wholeNumbers(key: string, fallback: readonly number[]): readonly number[] {
    const values = this.text(key)
    if (values === undefined) return fallback
    return values.split(",").map((value) => this.#wholeNumber(key, value.trim(), 1))
  }

  #wholeNumber(key: string, value: string, smallest: number): number {
    const number = /^\+?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= smallest && number <= largestNumber) return number
    throw this.error(
      `${key} is "${value}", expected a whole number from ${smallest} to ${largestNumber}`,
      this.at(key),
    )
  }

  /** One of `choices`, in any case; `fallback` when the key is absent. */
  choice<Choice extends string>(key: string, choices: readonly Choice[], fallback?: Choice): Choice {
    const value = this.text(key)
    if (value === undefined) {
      if (fallback !== undefined) return fallback
      throw this.#missing(key)
    }
    const choice = choices.find((candidate) => same(candidate, value))
    if (choice !== undefined) return choice
    throw this.error(
      `${key} is "${value}", expected one of ${choices.join(", ")}`,
      this.at(key),
      didYouMean(value, choices),
    )
  }

  /** True or false as configparser reads them. */
  truth(key: string, fallback: boolean): boolean {
    const words = ["true", "yes", "on", "1", "false", "no", "off", "0"] as const
    const word = this.choice(key, words, fallback ? "true" : "false")
    return words.indexOf(word) < 4
  }

  #missing(key: string): ConfigError {
    const home = Object.keys(this.#known).find((name) => this.#known[name].includes(key)) ?? ""
    return this.error(`${key} is missing`, this.at(key), `Add "${key} : ..." under [${home}].`)
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** The known name nearest to `name`, in its own spelling. */
const nearestSpelling = (name: string, known: readonly string[]): string | undefined => {
  const near = nearest(
    name,
    known.map((candidate) => candidate.toLowerCase()),
  )
  return known.find((candidate) => candidate.toLowerCase() === near)
}

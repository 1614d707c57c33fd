/** The published JSON Schemas: well formed, whole, and true of the files and outputs that they are about. */
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { builtinFiles } from "../../arch/builtin.ts"
import { Status } from "../../arch/quantity.ts"
import { jsonSchemas } from "../../src/schemas/json-schemas.ts"
import { builtinCases } from "../../src/validate/builtin-cases.ts"

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

const isObject = (x: Json | undefined): x is JsonObject =>
  typeof x === "object" && x !== null && !Array.isArray(x)
const isList = (x: Json | undefined): x is readonly Json[] => Array.isArray(x)

const textsOf = (x: Json | undefined): readonly string[] =>
  isList(x) ? x.filter((text) => typeof text === "string") : []

/** As it stands in the file: what is not JSON would not survive. */
const schemas: Readonly<Record<string, JsonObject>> = JSON.parse(JSON.stringify(jsonSchemas()))
const names = Object.keys(schemas)

/** Every object inside a schema, the schema itself first. */
const within = (x: Json | undefined): readonly JsonObject[] =>
  isList(x) ? x.flatMap(within) : isObject(x) ? [x, ...Object.values(x).flatMap(within)] : []

const referred = (root: JsonObject, ref: string): Json | undefined =>
  ref
    .replace(/^#\//, "")
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>((node, key) => (isObject(node) ? node[key] : undefined), root)

const kindOf = (x: Json): string => (x === null ? "null" : isList(x) ? "array" : typeof x)

/**
 * What of `value` breaks `schema`, by path: the keywords that these schemas use. What is not known is not checked.
 */
const violations = (
  value: Json,
  schema: Json | undefined,
  root: JsonObject,
  path = "$",
): readonly string[] => {
  if (!isObject(schema)) return schema === false ? [`${path}: not allowed`] : []
  const {
    $ref: ref,
    type,
    anyOf,
    allOf,
    properties,
    required,
    items,
    prefixItems,
    additionalProperties,
  } = schema
  const found: string[] = []
  if (typeof ref === "string") found.push(...violations(value, referred(root, ref), root, path))
  const kind = kindOf(value)
  const types = typeof type === "string" ? [type] : textsOf(type)
  const fits = types.some((t) => t === kind || (t === "integer" && Number.isInteger(value)))
  if (types.length > 0 && !fits) found.push(`${path}: ${kind}, not ${types.join(" or ")}`)
  if (isList(schema["enum"]) && !schema["enum"].includes(value)) found.push(`${path}: not one of the choices`)
  if (typeof value === "string" && Number(schema["minLength"] ?? 0) > value.length)
    found.push(`${path}: too short`)
  if (isList(anyOf) && !anyOf.some((option) => violations(value, option, root, path).length === 0)) {
    found.push(`${path}: none of the alternatives`)
  }
  if (isList(allOf)) found.push(...allOf.flatMap((part) => violations(value, part, root, path)))
  if (isObject(value)) {
    const known = isObject(properties) ? properties : {}
    found.push(
      ...textsOf(required)
        .filter((key) => !Object.hasOwn(value, key))
        .map((key) => `${path}.${key}: missing`),
    )
    for (const [key, inner] of Object.entries(value)) {
      const rule = Object.hasOwn(known, key) ? known[key] : additionalProperties
      found.push(...violations(inner, rule, root, `${path}.${key}`))
    }
  }
  if (isList(value)) {
    const first = isList(prefixItems) ? prefixItems : []
    found.push(...value.flatMap((inner, i) => violations(inner, first[i] ?? items, root, `${path}[${i}]`)))
  }
  return found
}

const broken = (value: Json, name: string): readonly string[] =>
  violations(value, schemas[name], schemas[name])
const machine: JsonObject = parse(builtinFiles.get("sat/sat-vcu1525.yaml") ?? "")

describe.each(names)("the schema %s", (name) => {
  const schema = schemas[name]

  it("is an object that says which draft it is of and what it is about", () => {
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: `sparsim ${name}`,
    })
    expect(isObject(schema["$defs"])).toBe(true)
    expect(schema["type"] === "object" || isList(schema["anyOf"]) || typeof schema["$ref"] === "string").toBe(
      true,
    )
  })

  it("refers only to what it defines", () => {
    const refs = within(schema).flatMap(({ $ref: ref }) => (typeof ref === "string" ? [ref] : []))
    expect(refs.filter((ref) => !isObject(referred(schema, ref)))).toEqual([])
  })

  it("requires only properties that it describes, and describes some", () => {
    const objects = within(schema).filter(({ required }) => isList(required))
    const stray = objects.flatMap(({ required, properties }) =>
      textsOf(required).filter((key) => !isObject(properties) || !Object.hasOwn(properties, key)),
    )
    expect(objects.length).toBeGreaterThan(0)
    expect(stray).toEqual([])
  })

  it("requires the name of its shape where files or outputs say it", () => {
    const shapes = within(schema).flatMap(({ properties }) =>
      isObject(properties) ? [properties["schema"]] : [],
    )
    expect(shapes.flatMap((shape) => within(shape)).some((part) => isList(part["enum"]))).toBe(true)
  })
})

describe("the schemas of files", () => {
  it.each([...builtinFiles.keys()].filter((path) => path.startsWith("sat/")))(
    "hold of the machine file %s",
    (path) => {
      expect(broken(parse(builtinFiles.get(path) ?? ""), "machine")).toEqual([])
    },
  )

  it.each([...builtinFiles.keys()].filter((path) => path.startsWith("energy/")))(
    "hold of the energy table %s",
    (path) => {
      expect(broken(parse(builtinFiles.get(path) ?? ""), "energy-table")).toEqual([])
    },
  )

  it.each([...builtinCases.keys()])("hold of the built-in cases %s", (name) => {
    expect(broken(JSON.parse(JSON.stringify(builtinCases.get(name))), "cases")).toEqual([])
  })

  it.each(["schema", "id", "kind", "name", "about", "dtype", "clock", "array", "buffers", "dram", "energy"])(
    "of machines do not hold without %s",
    (key) => {
      const { [key]: _, ...rest } = machine
      expect(broken(rest, "machine")).not.toEqual([])
    },
  )

  it.each<readonly [string, JsonObject]>([
    ["a bare number", { clock: 5 }],
    ["a number without a source", { clock: { value: 5, unit: "Hz", status: "assumed" } }],
    ["a status that is none", { clock: { value: 5, unit: "Hz", status: "guessed", source: "s" } }],
    ["a dataflow that is none", { array: { dataflows: ["rs"] } }],
    ["a field that is not known", { colour: "green" }],
  ])("of machines do not hold with %s", (_, change) => {
    expect(broken({ ...machine, ...change }, "machine")).not.toEqual([])
  })

  it("list every status that a number can have", () => {
    const lists = within(schemas["machine"]).flatMap((part) => (isList(part["enum"]) ? [part["enum"]] : []))
    expect(lists).toContainEqual([...Status.literals])
  })
})

describe("the schemas in the package", () => {
  const folder = fileURLToPath(new URL("../../dist/schemas/", import.meta.url))

  it("are these, one file each", () => {
    expect(readdirSync(folder).toSorted()).toEqual(names.map((name) => `${name}.json`).toSorted())
    const text = (name: string): string => readFileSync(`${folder}${name}.json`, "utf8")
    expect(Object.fromEntries(names.map((name) => [name, JSON.parse(text(name))]))).toEqual(schemas)
  })
})

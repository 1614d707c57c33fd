/** The page of kernels that ran on this machine: measured beside predicted. */
import { escapeHtml } from "../../viz/escape-html.ts"
import { measuredChart } from "../../viz/measured-chart.ts"
import { percentText, secondsText, timesText, withUnit } from "../../viz/number-format.ts"
import { scatter } from "../../viz/scatter.ts"
import {
  type BenchedLayer,
  type KernelBench,
  disturbanceText,
  kernelBenchVerdict,
  type MeasuredBeside,
} from "../kernel-bench.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { type Figure, figureMarkup, smallFigure, switchedFigure } from "./figure.ts"
import { lineMark } from "./marks.ts"
import { type ClientAssets, renderPage, section } from "./page.ts"
import { tilesMarkup } from "./tiles.ts"
import { TipBook } from "./tip-book.ts"

/** HTML of measured kernels; `command` made them. */
export const kernelBenchPage = (bench: KernelBench, command: string, assets: ClientAssets): string => {
  const tips = new TipBook()
  const tip = (title: string, line: string): string =>
    tips.add({ title, lines: [["How", line]], sources: [] })
  return renderPage(
    {
      title: "Sparse kernels, measured and predicted",
      eyebrow: `13 pointwise layers of MobileNet v1 · WebAssembly in V8 on this machine · model of ${displayName(bench.machine)}`,
      verdict: kernelBenchVerdict(bench),
      tips,
      content: [
        tilesMarkup([
          {
            name: "Off, one layer",
            figure: percentText(bench.cellError.p90),
            note: `in nine of ten; ${percentText(bench.cellError.median)} in half, ${percentText(bench.cellError.greatest)} at most`,
            tip: tip("Off, one layer", "|predicted ÷ measured − 1| of a layer's speed-up over dense"),
          },
          {
            name: "Off, all layers",
            figure: percentText(bench.stackError),
            note: "at most, of the layers together",
            tip: tip("Off, all layers", "the same of the sum of all layers' times"),
          },
          {
            name: "Right winner",
            figure: percentText(bench.rightWinners),
            note: "of layers: the fastest kernel is the predicted one",
            tip: tip(
              "Right winner",
              "layers and shares of zeros whose fastest kernel is the predicted one ÷ all",
            ),
          },
          {
            name: "Dense kernel",
            figure: percentText(bench.denseShareOfPeak),
            note: `of the ${withUnit(bench.peakFlops, "FLOP/s")} that registers reach in the same run`,
            tip: tip("Dense kernel", "useful operations a second of the dense kernel ÷ peak loop's"),
          },
        ]),
        section(
          "stack",
          "All layers together",
          "Time of the dense kernel over that of the sparse one. Filled dots are measured, hollow ones predicted; a line joins the two.",
          figureMarkup(stackFigure(bench, tips)),
        ),
        section(
          "layers",
          "Layer by layer",
          "Filled dots are measured, hollow ones predicted.",
          switchedFigure(
            bench.stacks.map(({ sparsity }) => ({
              name: `${percentText(sparsity)} zeros`,
              figure: layersFigure(bench, sparsity, tips),
            })),
            "Share of zeros",
          ),
          `<details><summary>Every layer, kernel and share of zeros</summary>${dataTable(cellsTable(bench))}</details>`,
        ),
        section(
          "scatter",
          "Predicted against measured",
          "On the diagonal the prediction is exact. Both axes are logarithmic.",
          `<div class="multiples">${scatters(bench, tips).join("\n")}</div>`,
        ),
      ],
      footer: `<h2>Where this comes from</h2><p><code>${escapeHtml(command)}</code></p><p>Least processor time of ${bench.processes} ${bench.processes === 1 ? "process" : "processes"}, dense and sparse kernels in turns. Numbers of the model are fitted on other layers than these. ${disturbanceText(bench.undisturbed)}</p>`,
    },
    assets,
  )
}

const kernelsOf = ({ stacks }: KernelBench): readonly string[] => stacks[0].cells.map(({ kernel }) => kernel)

const layerName = ({ shape: { pixels, cin, cout } }: BenchedLayer): string => `${pixels} × ${cin} → ${cout}`

const speedupTip = (tips: TipBook, title: string, { measured, predicted, error }: MeasuredBeside): string =>
  tips.add({
    title,
    lines: [
      ["Measured", timesText(measured)],
      ["Predicted", timesText(predicted)],
      ["Error", percentText(error)],
    ],
    sources: [],
  })

const stackFigure = (bench: KernelBench, tips: TipBook): Figure => {
  const kernels = kernelsOf(bench)
  const rows = bench.stacks.flatMap(({ sparsity, cells }) =>
    cells.map(({ kernel, speedup }, i) => ({
      name: `${percentText(sparsity)} zeros, ${kernel}`,
      ...speedup,
      mark: lineMark(i),
      tip: speedupTip(tips, `All layers, ${percentText(sparsity)} zeros, ${kernel}`, speedup),
    })),
  )
  return {
    id: "stack-speedup",
    title: "Speed-up over dense, all layers",
    caption: "Filled: measured on this machine; hollow: predicted. The number is the measured one.",
    draw: (frame) =>
      measuredChart(frame, {
        rows,
        series: kernels.map((kernel, i) => ({ name: kernel, mark: lineMark(i) })),
        axisTitle: "as fast as the dense kernel",
      }),
    table: {
      id: "stack-table",
      caption: "Speed-up over dense, all layers",
      columns: [
        { name: "Zeros and kernel", numeric: false },
        { name: "Measured", numeric: true },
        { name: "Predicted", numeric: true },
        { name: "Error", numeric: true },
      ],
      rows: rows.map(({ name, measured, predicted, error }) => ({
        cells: [
          { text: name },
          numberCell(measured, timesText),
          numberCell(predicted, timesText),
          numberCell(error, percentText),
        ],
      })),
    },
  }
}

const layersFigure = (bench: KernelBench, sparsity: number, tips: TipBook): Figure => {
  const kernels = kernelsOf(bench)
  return {
    id: `layers-${String(sparsity).replace(".", "-")}`,
    title: `Speed-up over dense, ${percentText(sparsity)} zeros`,
    caption: "Pixels × input channels → output channels. Filled: measured; hollow: predicted.",
    draw: (frame) =>
      measuredChart(frame, {
        rows: bench.layers
          .filter((layer) => layer.sparsity === sparsity)
          .flatMap((layer) =>
            layer.cells.map(({ kernel, speedup }, i) => ({
              name: i === 0 ? layerName(layer) : kernel,
              ...speedup,
              mark: lineMark(i),
              tip: speedupTip(tips, `${layerName(layer)}, ${kernel}`, speedup),
            })),
          ),
        series: kernels.map((kernel, i) => ({ name: kernel, mark: lineMark(i) })),
        axisTitle: "as fast as the dense kernel",
      }),
  }
}

const scatters = (bench: KernelBench, tips: TipBook): readonly string[] =>
  kernelsOf(bench).map((kernel, i) =>
    smallFigure({
      id: `scatter-${i}`,
      title: kernel,
      caption: `${bench.layers.length} layers and shares of zeros. Bands: ±10 % and ±20 %.`,
      draw: (frame) =>
        scatter(frame, {
          bands: [0.2, 0.1],
          xTitle: "measured speed-up",
          yTitle: "predicted",
          points: bench.layers.map((layer) => {
            const { speedup } = layer.cells[i]
            const title = `${layerName(layer)}, ${percentText(layer.sparsity)} zeros`
            return {
              expected: speedup.measured,
              predicted: speedup.predicted,
              tip: speedupTip(tips, title, speedup),
            }
          }),
        }),
    }),
  )

const cellsTable = ({ layers }: KernelBench): DataTable => ({
  id: "cells-table",
  caption: "Layers, kernels and shares of zeros",
  columns: [
    { name: "Layer", numeric: false },
    { name: "Kernel", numeric: false },
    { name: "Zeros", numeric: true },
    { name: "Dense, measured", numeric: true },
    { name: "Sparse, measured", numeric: true },
    { name: "Sparse, predicted", numeric: true },
    { name: "Speed-up, measured", numeric: true },
    { name: "Predicted", numeric: true },
    { name: "Error", numeric: true },
  ],
  rows: layers.flatMap((layer) =>
    layer.cells.map(({ kernel, seconds, speedup }) => ({
      cells: [
        { text: layerName(layer) },
        { text: kernel },
        numberCell(layer.sparsity, percentText),
        numberCell(layer.dense.measured, secondsText),
        numberCell(seconds.measured, secondsText),
        numberCell(seconds.predicted, secondsText),
        numberCell(speedup.measured, timesText),
        numberCell(speedup.predicted, timesText),
        numberCell(speedup.error, percentText),
      ],
    })),
  ),
})

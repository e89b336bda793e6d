import { train } from "tapegrad";
import { widths } from "./build-net.ts";
import type { Options } from "./options.ts";
import { resultCells } from "./results-table.ts";
import { summarize } from "./summarize.ts";
import type { TrainedRun } from "./train-run.ts";

/** One page with the runs of the first seed side by side, and the means of all. */
export function makeReport(runs: readonly TrainedRun[], { seed, seeds, order, epochs }: Options): Promise<string> {
  const shown = runs.filter(({ result }) => result.seed === seed);
  const blocks = order === "norm-first" ? "Dense, norm, ReLU" : "Dense, ReLU, norm";
  return train.reportHtml(
    shown.map(({ result: { norm, history, initial }, summary, confusion }) => ({
      name: norm === "none" ? "no norm" : norm,
      history: {
        history: {
          loss: history.map(({ trainLoss }) => trainLoss),
          valLoss: history.map(({ testLoss }) => testLoss),
          valAccuracy: history.map(({ testAccuracy }) => testAccuracy),
        },
      },
      initialActivations: initial,
      activations: history.map(({ layers }) => layers),
      summary,
      confusion,
      configuration: { norm, order, seed, epochs, optimizer: "Adam", lr: 1e-3, batchSize: 32 },
    })),
    {
      title: "Four networks on handwritten digits",
      description:
        `The same network (${widths.join("-")}, ${blocks}) trained on 1,438 images of 8 × 8 pixels and validated on the other 359: ` +
        "without a norm, and with BatchNorm, LayerNorm and RMSNorm. All start from the same weights and see the same batches." +
        (seeds === 1 ? "" : ` Curves are those of seed ${seed}.`),
      results: {
        caption: seeds === 1 ? "After the last epoch" : `After the last epoch, mean of ${seeds} seeds`,
        ...resultCells(summarize(runs.map(({ result }) => result))),
      },
      footer:
        "Data: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine Learning Repository, CC BY 4.0.",
    },
  );
}

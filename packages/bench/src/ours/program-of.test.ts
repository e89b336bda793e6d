import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import type { Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { disagreement } from "../disagreement.ts";
import type { EpochRow, StepRow } from "../rows/row.ts";
import { rows } from "../rows/rows.ts";
import { epochWork } from "./epoch-work.ts";
import { programOf } from "./program-of.ts";

const stepRows = rows.filter((row): row is StepRow => row.kind !== "epoch");

it.each(
  stepRows.filter(({ kind, name }) => kind !== "matmul" || name.includes("64")).map((row) => [row.name, row] as const),
)(
  "%s: eager and compiled agree",
  (_, row) => {
    const values = (prepare: (run: (...inputs: Tensor[]) => Tensor) => (...inputs: Tensor[]) => Tensor): number[] => {
      const program = programOf(row);
      const run = prepare(program.run);
      return Array.from({ length: program.compared }, () => program.values(run(...program.inputs))).flat();
    };
    const eager = values((run) => run);
    expect(eager.every(Number.isFinite)).toBe(true);
    expect(disagreement(values(compile), eager)).toBeUndefined();
  },
  60_000,
);

it("an epoch by fit has the loss of the one by hand, eager and compiled", async () => {
  const epochs = rows.filter((row): row is EpochRow => row.kind === "epoch");
  expect(epochs.map(({ loop }) => loop)).toEqual(["hand", "fit"]);
  const losses: number[][] = [];
  for (const whole of epochs) {
    const few = { x: { ...whole.tensors["x"]!, shape: [80, 784] }, y: { ...whole.tensors["y"]!, shape: [80] } };
    const row: EpochRow = { ...whole, tensors: { ...whole.tensors, ...few } };
    for (const threads of [undefined, 1]) {
      const work = epochWork(row, threads);
      await work.step();
      losses.push([...(await work.values())]);
    }
  }
  expect(losses[0]![0]).toBeGreaterThan(2);
  for (const loss of losses) expect(disagreement(loss, losses[0]!)).toBeUndefined();
}, 60_000);

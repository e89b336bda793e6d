import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import type { Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { disagreement } from "../disagreement.ts";
import { rows } from "../rows/rows.ts";
import { programOf } from "./program-of.ts";

it.each(
  rows.filter(({ kind, name }) => kind !== "matmul" || name.includes("64")).map((row) => [row.name, row] as const),
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

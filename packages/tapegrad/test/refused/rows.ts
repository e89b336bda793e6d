import { describe, expect, it } from "vitest";
import { nn, tensor, type Tensor } from "../../src/index.ts";

// What other frameworks take here, and TypeScript refuses: a program in plain JavaScript gets to hear what is meant.

/** A value of whatever kind where TypeScript wants another. */
export const plain = (value: unknown): never => value as never;

/** An object whose methods take anything. */
export const loose = (value: object): Record<string, (...args: readonly unknown[]) => unknown> => value as never;

export const x: Tensor = tensor([[1, 2], [3, 4]]); // prettier-ignore
export const v: Tensor = tensor([1, 2]);
export const w: Tensor = tensor([1, 2], { requiresGrad: true });
export const truth: Tensor = tensor([true, false]);
export const net: nn.Dense = new nn.Dense(2, 1);

/** A call, and the error that it must throw, message and all. */
export type Row = readonly [run: () => unknown, type: new (message: string) => Error, message: string];

/** A test for each row. */
export function describeRefused(what: string, rows: readonly Row[]): void {
  describe(`refuses ${what}`, () => {
    it.each(rows.map(([run, type, message]) => [message, run, type] as const))("%s", (message, run, type) => {
      expect(run).toThrow(new type(message));
    });
  });
}

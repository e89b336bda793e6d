import { arange, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { chain } from "./chain.ts";
import { convert } from "./convert.ts";
import type { Dataset } from "./dataset.ts";
import type { IterableDataset } from "./iterable-dataset.ts";
import { DataLoader } from "./loader/data-loader.ts";
import { pipeline } from "./pipeline/pipeline.ts";
import { StackDataset } from "./stack-dataset.ts";
import { Subset } from "./subset.ts";
import { TensorDataset } from "./tensor-dataset.ts";

const letters: Dataset<string> = { length: 4, get: (index) => "abcd".charAt(index) };

describe("StackDataset", () => {
  const x = new TensorDataset(arange(8).reshape([4, 2]));

  it("has the samples of several data sets side by side, as list or record", () => {
    const listed = new StackDataset(x, letters);
    const [[row], letter] = listed.get(2);
    expect([listed.length, row.toArray(), letter]).toEqual([4, [4, 5], "c"]);
    const named = new StackDataset({ x, letter: letters });
    expect([named.length, named.get(3).letter, named.get(3).x[0].toArray()]).toEqual([4, "d", [6, 7]]);
  });

  it("gathers each of them at once", () => {
    const [[rows], some] = new StackDataset(x, letters).gather(Int32Array.of(3, 0));
    expect([rows.toArray(), some]).toEqual([[[6, 7], [0, 1]], ["d", "a"]]); // prettier-ignore
    const loader = new DataLoader(new StackDataset({ x, letter: letters }), { batchSize: 3 });
    const batches = Array.from(loader, (batch) => [batch.x[0].shape, batch.letter]);
    expect(batches).toEqual([[[3, 2], ["a", "b", "c"]], [[1, 2], ["d"]]]); // prettier-ignore
  });

  it("tells the epoch, and waits for promises of one of them", async () => {
    const told: Dataset<Promise<string>> = { length: 4, get: async (i, epoch) => Promise.resolve(`${i} ${epoch}`) };
    const stack = new StackDataset({ told, letter: letters });
    expect(await stack.get(1, 7)).toEqual({ told: "1 7", letter: "b" });
    const loader = new DataLoader(stack, { batchSize: 4 });
    for await (const batch of loader) {
      expect(batch).toEqual({ told: ["0 0", "1 0", "2 0", "3 0"], letter: ["a", "b", "c", "d"] });
    }
    for await (const { told: again } of loader) expect(again).toEqual(["0 1", "1 1", "2 1", "3 1"]);
    expect(() => [...new DataLoader(stack, { batchSize: 4 })]).toThrow("got a promise of one.");
  });

  it("refuses data sets of several lengths, also those that grow", () => {
    expect(() => new StackDataset()).toThrow(new ValueError("StackDataset: expected at least one data set, got none."));
    expect(() => new StackDataset({})).toThrow("StackDataset: expected at least one data set, got none.");
    expect(() => new StackDataset(x, new Subset(letters, [0]))).toThrow(
      new ValueError("StackDataset: expected data sets of the same length, got 4, 1."),
    );
    expect(() => new StackDataset({ x, y: [1, 2] as never })).toThrow("expected dataset to have length and get(index)");
    const list = ["a", "b"];
    const growing: Dataset<string> = { get length() { return list.length; }, get: (index) => list[index]! }; // prettier-ignore
    const stack = new StackDataset(growing, growing);
    const uneven = new StackDataset(growing, new Subset(letters, [0, 1]));
    list.push("c");
    expect([stack.length, stack.get(2)]).toEqual([3, ["c", "c"]]);
    expect(() => uneven.length).toThrow("StackDataset.length: expected data sets of the same length, got 3, 2.");
    expect(() => stack.get(3)).toThrow("StackDataset.get: expected an index from 0 to 2, got 3.");
    expect(() => stack.gather(Int32Array.of(-1))).toThrow(
      "StackDataset.gather: expected an index from 0 to 2, got -1.",
    );
  });
});

describe("chain", () => {
  const counting = (from: number): IterableDataset<number> => ({
    *samples(epoch) {
      yield from + epoch;
      yield from + epoch + 1;
    },
  });
  const late: IterableDataset<number> = {
    async *samples() {
      yield await Promise.resolve(7);
    },
  };

  it("puts streams one after the other, each told the epoch", () => {
    const loader = new DataLoader(chain(counting(0), pipeline<number>([]), counting(10)), { batchSize: 3 });
    const read = (): unknown[] => Array.from(loader, (batch) => batch.toArray());
    expect([read(), read()]).toEqual([[[0, 1, 10], [11]], [[1, 2, 11], [12]]]); // prettier-ignore
  });

  it("waits for samples that come later, and refuses them in a plain loop", async () => {
    const seen: unknown[] = [];
    for await (const batch of new DataLoader(chain(late, counting(1)), { batchSize: 2 })) seen.push(batch.toArray());
    expect(seen).toEqual([[7, 1], [2]]);
    const told = pipeline(chain(counting(0)));
    for (const epoch of [0, 1]) for await (const sample of told) seen.push([epoch, sample]);
    expect(seen.slice(2)).toEqual([[0, 0], [0, 1], [1, 1], [1, 2]]); // prettier-ignore
    expect(() => [...new DataLoader(chain(late))]).toThrow(
      new ValueError("chain: expected samples at hand, got some that come later. Read it with for await."),
    );
  });

  it("begins a stream when the one before has ended", () => {
    let begun = 0;
    const told: IterableDataset<number> = {
      samples: () => {
        begun++;
        return [1, 2];
      },
    };
    for (const _ of pipeline(chain(told, told)).take(2)) expect(begun).toBe(1);
  });

  it("refuses nothing at all and what is no stream", () => {
    expect(() => chain()).toThrow(new ValueError("chain: expected at least one stream, got none."));
    expect(() => chain(letters as never)).toThrow("chain: expected stream to have samples(epoch), got {");
  });
});

describe("convert", () => {
  it("makes tensors of typed arrays, wherever they are, and leaves the rest as it is", () => {
    const row = tensor([1, 2]);
    const { x, list, when } = convert({ x: Float64Array.of(1), list: [row, 3, "a", true, null], when: new Map() });
    expect([x.dtype, x.toArray()]).toEqual(["float64", [1]]);
    expect(list).toEqual([row, 3, "a", true, null]);
    expect(list[0]).toBe(row);
    expect(when).toBeInstanceOf(Map);
  });

  it("leaves a promise what it is, as its type says", () => {
    const later = Promise.resolve(Int32Array.of(1));
    const converted: Promise<Int32Array> = convert(later);
    expect(converted).toBe(later);
    expect(convert([later])[0]).toBe(later);
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Fields, readMessage } from "@tapegrad/io/internal";
import { Dense } from "@tapegrad/nn";
import { ones, tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { TensorBoard, type TensorBoardOptions } from "../src/callbacks/tensor-board.ts";
import { Model } from "../src/model/model.ts";

const folder = mkdtempSync(join(tmpdir(), "tensorboard-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function trained(name: string, options: TensorBoardOptions, dryRun = false): Promise<string> {
  const path = join(folder, name);
  const model = new Model(new Dense(2, 1)).compile({ optimizer: "sgd", loss: "mse" });
  await model.fit(ones([6, 2]), tensor([[1], [2], [3], [4], [5], [6]]), {
    batchSize: 2,
    epochs: 3,
    validationSplit: 0.3,
    callbacks: [new TensorBoard(path, options)],
    verbose: 0,
    compile: false,
    dryRun,
  });
  return path;
}

/** The only event file of a folder. */
function eventFile(path: string): string {
  const [name, ...others] = readdirSync(path);
  expect(others).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\.\d+\./);
  return join(path, name!);
}

interface Read {
  version: string;
  step: number;
  readonly tags: string[];
}

const value: Fields<Read> = { 1: { name: "tag", read: (field, into) => into.tags.push(field.string()) } };
const summary: Fields<Read> = { 1: { name: "value", read: (field, into) => field.message(value, into) } };
const event: Fields<Read> = {
  2: { name: "step", read: (field, into) => (into.step = field.int()) },
  3: { name: "file_version", read: (field, into) => (into.version = field.string()) },
  5: { name: "summary", read: (field, into) => field.message(summary, into) },
};
const limits = { bytes: 2 ** 20, depth: 5, messages: 1000 };

/** The steps of an event file with what was written at each. */
function read(path: string): Pick<Read, "step" | "tags">[] {
  const file = readFileSync(eventFile(path));
  const events: Read[] = [];
  for (let at = 0; at < file.length;) {
    const end = at + 12 + Number(file.readBigUInt64LE(at));
    events.push(readMessage("event", file.subarray(at + 12, end), event, { version: "", step: 0, tags: [] }, limits));
    at = end + 4;
  }
  expect(events.shift()?.version).toBe("brain.Event:2");
  return events;
}

describe("TensorBoard", () => {
  it("writes the figures of training and validation under equal names, and histograms", async () => {
    const path = await trained("both", { histogramFrequency: 2 });
    const train = read(join(path, "train"));
    expect(train.map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(train[0]!.tags).toContain("loss");
    expect(train.map(({ tags }) => tags.includes("weight") && tags.includes("bias"))).toEqual([false, true, false]);
    const validation = read(join(path, "validation"));
    expect(validation.map(({ step, tags }) => [step, tags.includes("loss")])).toEqual([[0, true], [1, true], [2, true]]); // prettier-ignore
  });

  it("writes the figures of batches, counted over all epochs", async () => {
    const train = read(join(await trained("batches", { batchFrequency: 2 }), "train"));
    const batches = train.filter(({ tags }) => tags.includes("batch/loss"));
    expect(batches.map(({ step }) => step)).toEqual([2, 4, 6]);
  });

  it("has a file of its own for each training, and none for a dry run", async () => {
    await trained("twice", {});
    const path = await trained("twice", {});
    expect(readdirSync(join(path, "train"))).toHaveLength(2);
    expect(existsSync(await trained("dry", {}, true))).toBe(false);
  });

  it("goes on counting where it was, and says what it expects", () => {
    const board = new TensorBoard(join(folder, "none"));
    board.loadStateDict({ batches: 5 });
    expect(board.stateDict()).toEqual({ batches: 5 });
    expect(() => board.loadStateDict({ batches: -1 })).toThrow("TensorBoard.loadStateDict: expected batches");
    expect(() => new TensorBoard(5 as never)).toThrow(
      "TensorBoard: expected folder to be the name of a folder, got 5.",
    );
    expect(() => new TensorBoard("a", { histogramFreq: 1 } as never)).toThrow('Did you mean "histogramFrequency"?');
  });
});

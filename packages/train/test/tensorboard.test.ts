import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Dense } from "@tapegrad/nn";
import { ones, tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { TensorBoard, type TensorBoardOptions } from "../src/callbacks/tensor-board.ts";
import { Model } from "../src/model/model.ts";
import { crc32c, maskedCrc32c } from "../src/tensorboard/crc32c.ts";
import { summaryRecord } from "../src/tensorboard/event.ts";
import { Message } from "../src/tensorboard/message.ts";
import { readMessage, readRecords } from "./read-records.ts";

const folder = mkdtempSync(join(tmpdir(), "tensorboard-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array);

describe("crc32c", () => {
  // The check value of the catalogue of Williams, and the vectors of RFC 3720, B.4.
  it.each([
    [ascii("123456789"), 0xe3069283],
    [new Uint8Array(32), 0x8a9136aa],
    [new Uint8Array(32).fill(0xff), 0x62a8ab43],
    [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ])("is the checksum of Castagnoli", (bytes, checksum) => {
    expect(crc32c(bytes)).toBe(checksum);
  });

  it("is masked as records want it", () => {
    const crc = 0xe3069283;
    expect(maskedCrc32c(ascii("123456789"))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

describe("Message", () => {
  it("writes whole numbers of any size, as the encoding says", () => {
    expect([...new Message().whole(1, 150).bytes]).toEqual([8, 150, 1]);
    expect(readMessage(new Message().whole(1, 2 ** 40 + 5).whole(900, 0).bytes)).toEqual(
      new Map([[1, [2 ** 40 + 5]], [900, [0]]]), // prettier-ignore
    );
  });

  it("writes texts, numbers and messages", () => {
    const inner = new Message().text(1, "grün").double(2, 0.1).float(3, 0.5);
    const [[bytes]] = [...readMessage(new Message().message(7, inner).bytes).values()] as [[Uint8Array]];
    const fields = readMessage(bytes);
    expect([text(fields.get(1)![0]), fields.get(2), fields.get(3)]).toEqual(["grün", [0.1], [0.5]]);
  });
});

it("counts the finite values of a histogram in buckets of one width", () => {
  const values = Float32Array.of(0, 1, 2, 3, Number.NaN, 30, Infinity);
  const [event] = readRecords(summaryRecord(1.5, 7, [{ tag: "w", values }]));
  const summary = readMessage(readMessage(event!).get(5)![0] as Uint8Array);
  const histogram = readMessage(readMessage(summary.get(1)![0] as Uint8Array).get(5)![0] as Uint8Array);
  expect([1, 2, 3, 4, 5].map((field) => histogram.get(field)![0])).toEqual([0, 30, 5, 36, 914]);
  const list = (field: number): number[] => [
    ...new Float64Array((histogram.get(field)![0] as Uint8Array).slice().buffer),
  ];
  expect(list(6)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(list(7)).toEqual([1, 1, 1, 1, ...new Array<number>(25).fill(0), 1]);
});

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
  readonly step: number;
  readonly tags: readonly string[];
}

function read(path: string): Read[] {
  const [version, ...events] = readRecords(readFileSync(eventFile(path))).map(readMessage);
  expect(text(version!.get(3)![0])).toBe("brain.Event:2");
  return events.map((event) => ({
    step: event.get(2)![0] as number,
    tags: readMessage(event.get(5)![0] as Uint8Array)
      .get(1)!
      .map((each) => text(readMessage(each as Uint8Array).get(1)![0])),
  }));
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

const hasProtoc = spawnSync("protoc", ["--version"]).status === 0;

describe.skipIf(!hasProtoc)("the compiler of protocol buffers", () => {
  it("reads what was written, and writes the same bytes", async () => {
    const file = eventFile(join(await trained("protoc", { histogramFrequency: 1 }), "train"));
    const proto = fileURLToPath(new URL(".", import.meta.url));
    const protoc = (mode: string, input: Uint8Array): Buffer => {
      const { status, stdout, stderr } = spawnSync(
        "protoc",
        [`--${mode}=Event`, "--proto_path", proto, "event.proto"],
        { input },
      );
      expect([status, stderr.toString()]).toEqual([0, ""]);
      return stdout;
    };
    const records = readRecords(readFileSync(file));
    expect(records).toHaveLength(4);
    for (const bytes of records) {
      const decoded = protoc("decode", bytes);
      // A field that the description does not have would be printed by its number.
      expect(decoded.toString()).not.toMatch(/^\s*\d+[:\s]/m);
      expect(Uint8Array.from(protoc("encode", decoded)).length).toBe(
        bytes.length - (readMessage(bytes).get(2)?.[0] === 0 ? 2 : 0),
      );
    }
    expect(protoc("decode", records[0]!).toString()).toContain('file_version: "brain.Event:2"');
    expect(protoc("decode", records[2]!).toString()).toMatch(
      /step: 1\nsummary \{\n {2}value \{\n {4}tag: "loss"\n {4}simple_value: /,
    );
  });
});

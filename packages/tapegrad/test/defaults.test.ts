import { markdownTable } from "@tapegrad/testing";
import type * as internal from "@tapegrad/tensor/internal";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { absent, type Default, type DefaultRow, required, unset } from "./defaults/default-table.ts";
import { callbackDefaults } from "./defaults/callback-defaults.ts";
import { datasetsDefaults } from "./defaults/datasets-defaults.ts";
import { givenDefaults, type UsedTable } from "./defaults/given-defaults.ts";
import { kerasWeightsDefaults } from "./defaults/keras-weights-defaults.ts";
import { layerDefaults } from "./defaults/layer-defaults.ts";
import { metricDefaults } from "./defaults/metric-defaults.ts";
import { numpyDefaults } from "./defaults/numpy-defaults.ts";
import { tensorDefaults } from "./defaults/tensor-defaults.ts";
import { modelDefaults } from "./defaults/model-defaults.ts";
import { onnxDefaults } from "./defaults/onnx-defaults.ts";
import { reportDefaults } from "./defaults/report-defaults.ts";
import { safetensorsDefaults } from "./defaults/safetensors-defaults.ts";
import { trainingDefaults } from "./defaults/training-defaults.ts";

const used = vi.hoisted((): UsedTable[] => []);

// Notes each table that a call uses: the only way in which options are checked and completed.
vi.mock("../../tensor/src/options/option-table.ts", async (original) => {
  const real = await original<typeof internal>();
  return {
    ...real,
    settleOptions: ((fn, given, table) => {
      used.push({ fn, table } as unknown as UsedTable);
      return real.settleOptions(fn, given, table);
    }) satisfies typeof real.settleOptions,
    checkOptions: ((fn, given, table) => {
      used.push({ fn, table } as unknown as UsedTable);
      real.checkOptions(fn, given, table);
    }) satisfies typeof real.checkOptions,
  };
});

const table = {
  ...tensorDefaults,
  ...layerDefaults,
  ...trainingDefaults,
  ...datasetsDefaults,
  ...numpyDefaults,
  ...metricDefaults,
  ...modelDefaults,
  ...onnxDefaults,
  ...callbackDefaults,
  ...reportDefaults,
  ...safetensorsDefaults,
  ...kerasWeightsDefaults,
};
const given = givenDefaults(used);

/** Every option with its row: "nn.Dropout.(rate)". */
const rows = Object.entries(table).flatMap(([name, { options }]) =>
  Object.entries(options).map(([option, row]) => ({ name, option, row })),
);

describe("the committed table of defaults", () => {
  it("has a row for every option and no other", () => {
    const list = (names: Readonly<Record<string, object>>): string[] =>
      Object.entries(names).flatMap(([name, options]) => Object.keys(options).map((option) => `${name}: ${option}`));
    const committed = Object.fromEntries(Object.entries(table).map(([name, { options }]) => [name, options]));
    expect(list(committed).toSorted()).toEqual(list(given).toSorted());
    expect(rows.length).toBeGreaterThan(500);
  });

  it("says what the functions take", () => {
    const wrong = rows.filter(({ name, option, row: [ours] }) => !isSame(ours, given[name]?.[option] ?? absent));
    expect(wrong.map(({ name, option, row }) => `${name}: ${option} is ${text(given[name]![option]!)}, not ${text(row[0])}`)).toEqual([]); // prettier-ignore
  });

  it("gives a reason where PyTorch has another default, and only there", () => {
    const wrong = rows.filter(({ row }) => differs(row) !== (row[3] !== undefined));
    expect(wrong.map(({ name, option, row }) => `${name}: ${option} is ${text(row[0])}, PyTorch's ${text(row[1])}`)).toEqual([]); // prettier-ignore
  });

  it("knows a value of PyTorch only where it knows what it is the value of", () => {
    const nameless = Object.entries(table).filter(([, { torch, keras, options }]) =>
      Object.values(options).some(
        ([, torchs, keras_]) =>
          (torch === undefined && torchs !== absent) || (keras === undefined && keras_ !== absent),
      ),
    );
    expect(nameless.map(([name]) => name)).toEqual([]);
  });
});

/** Whether PyTorch has the option, with another default than we. */
function differs([ours, torch]: DefaultRow): boolean {
  return torch !== absent && torch !== required && !isSame(ours, torch);
}

function isSame(a: Default, b: Default): boolean {
  return Array.isArray(a) && Array.isArray(b) ? String(a) === String(b) : Object.is(a, b);
}

function text(value: Default): string {
  if (value === unset) return "none";
  if (value === absent) return "no option";
  if (value === required) return "to be given";
  return JSON.stringify(value);
}

const [begin, end] = ["<!-- defaults: from test/defaults -->\n\n", "\n\n<!-- /defaults -->"] as const;

it("the list of exceptions in README.md is that of the table; `vitest -u` renews it", async () => {
  const lines = rows
    .filter(({ row }) => differs(row))
    .map(({ name, option, row: [ours, torch, , reason] }) => [
      `\`${name}\``,
      `\`${option.replaceAll(/[()]/g, "")}\``,
      text(ours),
      text(torch),
      reason!,
    ]);
  const list = markdownTable([["of", "option", "here", "PyTorch", "why"], ...lines]);
  const path = fileURLToPath(new URL("../README.md", import.meta.url));
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  await expect(before + begin + list + rest.slice(rest.indexOf(end))).toMatchFileSnapshot(
    path,
    "README.md is stale: run vitest -u",
  );
});

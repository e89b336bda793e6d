import { markdownTable } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { Tensor } from "../src/index.ts";
import { hiddenIn, membersOf } from "./tensor-members.ts";

const source = new URL("../../tensor/src/tensor/", import.meta.url);
const files = [
  "core",
  "arithmetic-methods",
  "elementwise-methods",
  "reduction-methods",
  "movement-methods",
  "pad",
  "tensor",
];
const sources = files.map((name) => new URL(`${name}.ts`, source));
const members = membersOf(sources);

const [begin, end] = ["<!-- methods: from the source -->\n\n", "\n\n<!-- /methods -->"] as const;

it("the table of a tensor's members in the README of tensor is that of the source; `vitest -u` renews it", async () => {
  const table = markdownTable([
    ["member", "what it is"],
    ...members.map(({ form, summary }) => [`\`${form}\``, summary]),
  ]);
  const path = new URL("../../tensor/README.md", import.meta.url);
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  const after = rest.slice(rest.indexOf(end));
  await expect(before + begin + table + after).toMatchFileSnapshot(
    fileURLToPath(path),
    "README.md is stale: run vitest -u",
  );
});

it("no member is left out", () => {
  const known = ["constructor", ...hiddenIn(sources), ...members.map(({ name }) => name)];
  const own: string[] = [];
  for (let at: object = Tensor.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    own.push(...Object.getOwnPropertyNames(at));
  }
  expect(own.filter((name) => !known.includes(name))).toEqual([]);
});

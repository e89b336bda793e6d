import { markdownTable } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";
import { coming, nameTables, peerNames } from "./names/all-names.ts";

type Module = keyof typeof nameTables;

const modules = Object.keys(peerNames) as Module[];

/** Names of ours for a name of another framework, and what there is to say about it. */
function rowOf(module: Module, name: string): { readonly ours: readonly string[]; readonly remark: string } {
  const { rows, usual } = nameTables[module];
  const row = Object.hasOwn(rows, name) ? rows[name]! : usual(name);
  if (typeof row === "object" && "none" in row) return { ours: [], remark: row.none };
  const [ours, remark = ""] = typeof row === "string" ? [row] : row;
  return { ours: ours.split(", "), remark };
}

/** Whether there is a value, a method or a getter of that name. */
function isThere(name: string): boolean {
  let at: unknown = tapegrad;
  for (const part of name.split(".")) {
    const holder: unknown = typeof at === "function" && part in (at.prototype as object) ? at.prototype : at;
    if (holder === undefined || holder === null || !(part in Object(holder))) return false;
    at = (holder as Record<string, unknown>)[part];
  }
  return true;
}

const given = modules.flatMap((module) => peerNames[module].flatMap((name) => rowOf(module, name).ours));

describe.each(modules)("the names of %s", (module) => {
  const names = peerNames[module];

  it("stand once each", () => {
    expect(names.length).toBeGreaterThan(5);
    expect(new Set(names).size).toBe(names.length);
  });

  it("have each a name of ours that is there, or is known to come, or a reason", () => {
    const wrong = names.filter((name) => {
      const { ours, remark } = rowOf(module, name);
      return ours.length === 0 ? remark === "" : !ours.every((each) => isThere(each) || coming.includes(each));
    });
    expect(wrong).toEqual([]);
  });

  it("are those that rows are about, and no row says what would hold without it", () => {
    const { rows, usual } = nameTables[module];
    const stale = Object.entries(rows).filter(([name, row]) => !names.includes(name) || row === usual(name));
    expect(stale.map(([name]) => name)).toEqual([]);
  });
});

it("what is to come is not there yet, and awaited", () => {
  expect(coming.filter(isThere), "Take what is there out of `coming`.").toEqual([]);
  expect(coming.filter((name) => !given.includes(name))).toEqual([]);
});

it("the tables in docs/names.md are those of test/names; `vitest -u` renews them", async () => {
  const path = fileURLToPath(new URL("../../../docs/names.md", import.meta.url));
  let text = readFileSync(path, "utf8");
  for (const module of modules) {
    const lines = peerNames[module].map((name) => {
      const { ours, remark } = rowOf(module, name);
      const isHere = ours.every((each) => !coming.includes(each));
      return [`\`${name}\``, isHere ? ours.map((each) => `\`${each}\``).join(", ") : "", isHere ? remark : "not yet"];
    });
    const [begin, end] = [`<!-- ${module}: from test/names -->\n\n`, `\n\n<!-- /${module} -->`] as const;
    const [before, rest] = text.split(begin) as [string, string];
    const table = markdownTable([[`\`${module}\``, "tapegrad", "remark"], ...lines]);
    text = before + begin + table + rest.slice(rest.indexOf(end));
  }
  await expect(text).toMatchFileSnapshot(path, "docs/names.md is stale: run vitest -u");
});

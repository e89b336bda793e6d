import { execFileSync } from "node:child_process";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";

const { header } = process.report.getReport() as { readonly header: object };
const isGlibc = process.platform === "linux" && "glibcVersionRuntime" in header;

/** Prints how many pages a call takes from the system, in a process that has not freed anything large before. */
const program = (n: number, call: string): string => `
  import { randn } from "@tapegrad/tensor";
  import { compile } from "./src/index.ts";

  const [a, b] = [randn([${n}, 8]), randn([8, ${n}])];
  const eager = () => a.matmul(b);
  const compiled = compile(eager, { threads: 1 });
  const run = (calls) => {
    for (let i = 0; i < calls; i++) ${call}();
  };
  run(4000);
  const before = process.resourceUsage().minorPageFault;
  run(4000);
  console.log((process.resourceUsage().minorPageFault - before) / 4000);
`;

describe.runIf(isGlibc)("results come from memory that was there before", () => {
  // Of four pages, and of as many as the C library takes from the system one by one.
  const cases = [64, 256].flatMap((n) => (["eager", "compiled"] as const).map((call) => [n, call] as const));
  it.each(cases)("of %i columns, %s", async (n, call) => {
    const code = await bundle(program(n, call));
    const output = execFileSync(process.execPath, ["--input-type=module"], { input: code, encoding: "utf8" });
    expect(Number(output)).toBeLessThan(1);
  });
});

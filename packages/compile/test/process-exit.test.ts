import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";

const program = (ending: string): string => `
  import "@tapegrad/autograd";
  import { randn } from "@tapegrad/tensor";
  import { compile, executableOf } from "./src/compile.ts";

  const x = randn([300, 300]);
  const product = compile((x) => x.matmul(x).relu(), { threads: 3 });
  product(x);
  while (executableOf(product).threadsReady < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  let together = 0;
  while (together < 5) {
    product(x);
    if (executableOf(product).lastThreads === 3) together++;
  }
  console.log(executableOf(product).threads);
  ${ending}
`;

/** Runs a program in a process of its own, until it ends by itself; its status is null if it does not. */
async function run(code: string): Promise<{ output: string; status: unknown }> {
  const child = spawn(process.execPath, ["--input-type=module"], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 1_200_000,
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stdin.end(code);
  const [status] = (await once(child, "close")) as [unknown];
  return { output, status };
}

describe("a process with threads", () => {
  it.each([
    ["when its program is over", "", 0],
    ["by process.exit", "process.exit(3);", 3],
    ["by an error", "process.on('uncaughtException', () => process.exit(4)); throw new Error('over');", 4],
    ["while its workers sleep", "await new Promise((resolve) => setTimeout(resolve, 200));", 0],
  ])("ends %s", async (_, ending, expected) => {
    const { output, status } = await run(await bundle(program(ending)));
    expect(output.trim()).toBe("3");
    expect(status).toBe(expected);
  });
});

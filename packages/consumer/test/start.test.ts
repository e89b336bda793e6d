import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../src/workspace.ts";

const program = join(root, "examples/digits/dist/main.js");
// util-linux's `script` gives a program a terminal. Others of that name take other options.
const hasTerminal = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

/** Runs the example in a terminal of so many columns and types Ctrl-C when it has shown some progress. */
function interrupted(columns: number): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const command = `stty cols ${columns}; exec "${process.execPath}" "${program}" --epochs 100000`;
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], { cwd: root });
    let output = "";
    let sent = false;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (!sent && /\d%/.test(output)) {
        sent = true;
        child.stdin.write("\u0003");
      }
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

describe.skipIf(!hasTerminal)("the example, interrupted with Ctrl-C", () => {
  it.each([80, 30])(
    "ends as interrupted, with a cursor, and leaves no file half written (%i columns)",
    async (columns) => {
      const { code, output } = await interrupted(columns);
      expect(code).toBe(130);
      // What is never hidden need not be shown again.
      expect(output).not.toContain("\u001B[?25l");
      // With their types: a list of names alone would go through every link of `node_modules`, in circles.
      const files = readdirSync(join(root, "examples/digits"), { recursive: true, withFileTypes: true });
      expect(files.map(({ name }) => name)).not.toContainEqual(expect.stringContaining(".unfinished"));
    },
  );
});

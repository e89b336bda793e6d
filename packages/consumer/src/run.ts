import { spawn } from "node:child_process";

/** How a command ended. */
export interface Outcome {
  readonly code: number;
  /** Its standard output. */
  readonly stdout: string;
  /** Standard output and standard error, as a person would see them. */
  readonly output: string;
}

/** What `run` may be told. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program with arguments, without a shell, and resolves when it has ended, however it did. */
export function run(program: string, args: readonly string[], { cwd, env = {} }: RunOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const { FORCE_COLOR: _, ...inherited } = process.env;
    const child = spawn(program, args, {
      cwd,
      env: { ...inherited, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, output] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
    child.on("error", (error) => resolve({ code: 1, stdout, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, output }));
  });
}

/** Like `run` with this Node, or the one that is named; throws what was printed if the command fails. */
export async function node(args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, output } = await run(process.execPath, args, options);
  if (code !== 0) throw new Error(`node ${args.join(" ")} ended with ${code}:\n${output}`);
  return stdout;
}

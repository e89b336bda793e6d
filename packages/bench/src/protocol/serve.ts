import { performance } from "node:perf_hooks";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Row } from "../rows/row.ts";
import type { About, Failed, Prepared, Request, Timed } from "./messages.ts";

/** A prepared row. */
export interface Work {
  /** The one thing that is timed; resolves or returns when its results are there. */
  readonly step: () => unknown;
  /** What the last step computed. */
  readonly values: () => readonly number[] | Promise<readonly number[]>;
  /** How many steps are compared. */
  readonly compared: number;
}

/** Answers the requests that come on standard input until it ends. What is logged goes to standard error. */
export async function serve(about: readonly string[], prepare: (row: Row) => Work | Promise<Work>): Promise<void> {
  console.log = console.info = console.warn = console.error;
  const say = (answer: About | Prepared | Timed | Failed): void => {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  };
  let work: Work | undefined;
  say({ about });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as Request;
    try {
      if ("prepare" in request) {
        work = await prepare(request.prepare);
        say(await firstRuns(work));
      } else {
        if (work === undefined) throw new Error("serve: expected a prepared row, got none.");
        say({ milliseconds: await run(work, request.time) });
      }
    } catch (error) {
      console.error(error);
      say({ error: error instanceof Error ? error.message : String(error) });
    }
  }
}

async function run({ step }: Work, count: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const result = step();
    if (result instanceof Promise) await result;
  }
  return performance.now() - start;
}

async function firstRuns(work: Work): Promise<Prepared> {
  const first = await run(work, 1);
  const values = [...(await work.values())];
  for (let i = 1; i < work.compared; i++) {
    await run(work, 1);
    values.push(...(await work.values()));
  }
  return { first, values, memory: process.resourceUsage().maxRSS * 1024 };
}

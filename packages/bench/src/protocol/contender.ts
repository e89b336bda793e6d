import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import type { Row } from "../rows/row.ts";
import type { About, Failed, Prepared, Request, Timed } from "./messages.ts";

const canPause = process.platform !== "win32";

/** How a contender is started. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The process of a contender; everything rejects once it has ended. */
export class Contender {
  readonly about: Promise<About["about"]>;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #timeLimit: number;
  #complaints = "";
  #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void } | undefined;
  #end: Error | undefined;

  /** @param timeLimit milliseconds that an answer may take */
  constructor({ file, args, env }: Command, timeLimit: number) {
    this.#timeLimit = timeLimit;
    this.#process = spawn(file, args, { env: { ...process.env, ...env } });
    this.#process.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.#process.stdin.on("error", () => undefined); // "exit" tells more
    this.#process.on("error", (error) => this.#stopped(error.message));
    this.#process.on("close", (code, signal) => this.#stopped(`ended with ${signal ?? `code ${code}`}`));
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#waiting?.resolve(line));
    this.about = this.#answer<About>().then(({ about }) => about);
    this.about.catch(() => undefined); // Asked for later, if at all.
  }

  /** Makes the row ready and runs it for the first time. */
  async prepare(row: Row): Promise<Prepared> {
    await this.about;
    return await this.#ask<Prepared>({ prepare: row });
  }

  /** Milliseconds of so many steps. */
  async time(steps: number): Promise<number> {
    return (await this.#ask<Timed>({ time: steps })).milliseconds;
  }

  /** Ends the process. */
  stop(): void {
    this.#process.kill("SIGKILL");
  }

  #stopped(reason: string): void {
    const lines = this.#complaints.trim().split("\n");
    const last = lines.findLast((line) => /error|exception/i.test(line)) ?? lines.at(-1) ?? "";
    this.#end ??= new Error(last === "" ? reason : `${reason}: ${last.trim()}`);
    this.#waiting?.reject(this.#end);
  }

  /** Only the contender that is asked runs; the others are stopped, so that their idle threads take no time from it. */
  async #ask<Answer>(request: Request): Promise<Answer> {
    if (canPause) this.#process.kill("SIGCONT");
    const answer = this.#answer<Answer>();
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    try {
      return await answer;
    } finally {
      if (canPause) this.#process.kill("SIGSTOP");
    }
  }

  async #answer<Answer>(): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    try {
      const line = await new Promise<string>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        if (this.#end !== undefined) reject(this.#end);
        timer = setTimeout(() => {
          reject(new Error(`no answer in ${this.#timeLimit / 1000} s`));
          this.stop();
        }, this.#timeLimit);
      });
      const answer = JSON.parse(line) as Answer | Failed;
      if (typeof answer === "object" && answer !== null && "error" in answer) throw new Error(String(answer.error));
      return answer;
    } finally {
      clearTimeout(timer);
      this.#waiting = undefined;
    }
  }
}

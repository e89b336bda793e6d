import { builtin } from "@tapegrad/files";
import { type Summary, summaryRecord, versionRecord } from "./event.ts";

/** A file that TensorBoard reads while it grows; it is made with the first record. */
export class EventFile {
  readonly #fn: string;
  readonly #folder: string;
  #path: string | undefined;

  /** @param fn name of the class that was used, for messages */
  constructor(fn: string, folder: string) {
    this.#fn = fn;
    this.#folder = folder;
  }

  /** Adds what was measured at a step; each record is written at once, so that a reader never waits for its end. */
  write(step: number, summaries: readonly Summary[]): void {
    if (summaries.length === 0) return;
    const seconds = Date.now() / 1000;
    this.#path ??= this.#create(seconds);
    builtin(this.#fn, "fs").appendFileSync(this.#path, summaryRecord(seconds, step, summaries));
  }

  /** Makes a file whose name nobody has yet. */
  #create(seconds: number): string {
    const fs = builtin(this.#fn, "fs");
    const path = builtin(this.#fn, "path");
    fs.mkdirSync(this.#folder, { recursive: true });
    const stem = `events.out.tfevents.${Math.floor(seconds)}.${builtin(this.#fn, "os").hostname()}`;
    for (let i = 0; ; i++) {
      const name = path.join(this.#folder, `${stem}.${i}.v2`);
      if (fs.existsSync(name)) continue;
      fs.writeFileSync(name, versionRecord(seconds), { flag: "wx" });
      return name;
    }
  }
}

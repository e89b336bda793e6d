/** Frames kept of an error while a function is traced: enough to see past layers, losses and optimizers. */
const frames = 200;

// Where the packages lie beside each other: their sources or builds in a workspace, or an installation.
const packages = new URL("../../../", import.meta.url).href;
const inWorkspace = /^[a-z]+\/(?:src|dist)\/(?!.*\.test\.[cm]?[jt]s$)/;
const installed = /node_modules\/(?:@tapegrad|tapegrad)\//;
// `at name (file:line:column)` of V8, `name@file:line:column` of the others.
const ofV8 = /^at (?:.*? \(|async )?(.+?):(\d+):(\d+)\)?$/;
const ofOthers = /^[^@]*@(.+?):(\d+):(\d+)$/;

/** The first place in an error's stack that is not in these packages, as `file:line:column`. */
export function userLine(error: Error): string | undefined {
  const lines = (error.stack ?? "").replace(error.message, "").split("\n");
  for (const line of lines) {
    const frame = line.trim();
    const [, file, row, column] = ofV8.exec(frame) ?? ofOthers.exec(frame) ?? [];
    if (file === undefined || file.startsWith("node:") || file === "native" || file === "<anonymous>") continue;
    const url = file.startsWith("/") ? `file://${file}` : file;
    if (installed.test(url)) continue;
    if (url.startsWith(packages) && inWorkspace.test(url.slice(packages.length))) continue;
    return `${file.replace(/^file:\/\//, "").replace(/\?.*$/, "")}:${row}:${column}`;
  }
  return undefined;
}

/** Runs `fn` so that its errors know the way from the user's code to where they were thrown. */
export function withLongStacks<T>(fn: () => T): T {
  const limits = Error as { stackTraceLimit?: number };
  const before = limits.stackTraceLimit;
  limits.stackTraceLimit = frames;
  try {
    return fn();
  } finally {
    if (before !== undefined) limits.stackTraceLimit = before;
  }
}

const located = new WeakSet<Error>();

/** Adds the line of the user's code to an error's message, once. */
export function addUserLine(error: Error): void {
  if (located.has(error)) return;
  located.add(error);
  const line = userLine(error);
  if (line === undefined) return;
  const { message, stack } = error;
  error.message = `${message} At ${line}.`;
  if (stack !== undefined) error.stack = stack.replace(message, error.message);
}

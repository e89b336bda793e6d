import { rephrase } from "./rephrase.ts";

/** Frames kept of an error while a function is traced: enough to see past layers, losses and optimizers. */
const frames = 200;

const inWorkspace = /^[a-z]+\/(?:src|dist)\/(?!.*\.test\.[cm]?[jt]s$)/;
const installed = /\/(?:@tapegrad|node_modules\/tapegrad)\//;
// `at name (file:line:column)` of V8, `name@file:line:column` of the others.
const ofV8 = /^at (?:.*? \(|async )?(.+?):(\d+):(\d+)\)?$/;
const ofOthers = /^[^@]*@(.+?):(\d+):(\d+)$/;

/** The first place in an error's stack that is not in these packages, as `file:line:column`. Unknown in a bundle. */
export function userLine(error: Error, own: string = ownUrl()): string | undefined {
  const isOurs = oursBeside(own);
  if (isOurs === undefined) return undefined;
  for (const [url, row, column] of placesOf(error)) {
    if (!isOurs(url)) return `${url.replace(/^file:\/\//, "").replace(/\?.*$/, "")}:${row}:${column}`;
  }
  return undefined;
}

/** The frames of an error's stack that are in a file: its URL, line and column. */
function placesOf(error: Error): [url: string, row: string, column: string][] {
  const lines = (error.stack ?? "").replace(error.message, "").split("\n");
  return lines.flatMap((line) => {
    const frame = line.trim();
    const [, file, row, column] = ofV8.exec(frame) ?? ofOthers.exec(frame) ?? [];
    if (file === undefined || file.startsWith("node:") || file === "native" || file === "<anonymous>") return [];
    return [[file.startsWith("/") ? `file://${file}` : asWritten(file), row!, column!]];
  });
}

/** The URL of a file with spaces and letters as its path has them, as stacks of CommonJS modules show them. */
function asWritten(url: string): string {
  if (!url.startsWith("file:")) return url;
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** Where this file is. Asked of a stack, since scripts do not know `import.meta`. */
function ownUrl(): string {
  return placesOf(withLongStacks(() => new Error()))[0]?.[0] ?? "";
}

/**
 * Tells files of these packages from others, given one of them: in a workspace the packages lie beside each other, an
 * installation has them under their names, and what prepares packages for a development server leaves them in a folder
 * there. In a bundle they are in one file with all else.
 */
function oursBeside(own: string): ((url: string) => boolean) | undefined {
  const [, workspace] = /^(.*\/)tensor\/(?:src|dist)\/user-line\.[jt]s/.exec(own) ?? [];
  const isInstalled = installed.test(own) || own.includes("/node_modules/");
  if (workspace === undefined && !isInstalled) return undefined;
  const folder = isInstalled ? own.slice(0, own.lastIndexOf("/") + 1) : workspace!;
  const isInside = (path: string): boolean => isInstalled || inWorkspace.test(path);
  return (url) => installed.test(url) || (url.startsWith(folder) && isInside(url.slice(folder.length)));
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
  if (line !== undefined) rephrase(error, `${error.message} At ${line}.`);
}

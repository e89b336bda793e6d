import { builtin } from "./builtin.ts";

/**
 * The folder in which downloads are kept: `TAPEGRAD_CACHE` if that is set, or else the folder `tapegrad` in `XDG_CACHE_HOME`
 * or where the system keeps caches. It need not be there yet.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files
 */
export function cacheFolder(fn: string): string {
  const { join, isAbsolute, resolve } = builtin(fn, "path");
  const { env, platform } = globalThis.process;
  const own = env["TAPEGRAD_CACHE"];
  if (own !== undefined && own !== "") return resolve(own);
  const home = (): string => builtin(fn, "os").homedir();
  const xdg = env["XDG_CACHE_HOME"];
  // The specification asks to ignore what is relative.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "tapegrad");
  if (platform === "darwin") return join(home(), "Library", "Caches", "tapegrad");
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(home(), "AppData", "Local"), "tapegrad", "Cache");
  return join(home(), ".cache", "tapegrad");
}

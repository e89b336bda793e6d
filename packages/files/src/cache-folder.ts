import { builtin } from "./builtin.ts";

/**
 * The folder in which downloads are kept: `TAPEGRAD_CACHE` if that is set, or else the folder `tapegrad` in `XDG_CACHE_HOME`
 * or where the system keeps caches. It need not be there yet.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files
 */
export function cacheFolder(fn: string): string {
  const path = builtin(fn, "path");
  const { env, platform } = globalThis.process;
  const own = env["TAPEGRAD_CACHE"];
  if (own !== undefined && own !== "") return path.resolve(own);
  const home = (): string => builtin(fn, "os").homedir();
  const xdg = env["XDG_CACHE_HOME"];
  // The specification asks to ignore what is relative.
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, "tapegrad");
  if (platform === "darwin") return path.join(home(), "Library", "Caches", "tapegrad");
  if (platform === "win32")
    return path.join(env["LOCALAPPDATA"] ?? path.join(home(), "AppData", "Local"), "tapegrad", "Cache");
  return path.join(home(), ".cache", "tapegrad");
}

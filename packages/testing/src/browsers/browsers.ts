import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A browser that a machine may have. */
export interface Browser {
  readonly name: string;
  /** Its program, or undefined where there is none. */
  readonly program: string | undefined;
  /** How it shows a page to nobody, with a new profile in a folder. */
  readonly args: (profile: string, url: string) => readonly string[];
  /** Files of the profile. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The program of an environment variable, or else the first of these names in the PATH. */
function find(variable: string, names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return process.env[variable] ?? candidates.find((file) => existsSync(file));
}

/** Chromium or Chrome: that of TAPEGRAD_CHROMIUM, or one in the PATH. */
export const chromium: Browser = {
  name: "Chromium",
  program: find("TAPEGRAD_CHROMIUM", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]),
  args: (profile, url) => {
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"];
    return [...flags, `--user-data-dir=${profile}`, url];
  },
};

/** Firefox: that of TAPEGRAD_FIREFOX, or one in the PATH. */
export const firefox: Browser = {
  name: "Firefox",
  program: find("TAPEGRAD_FIREFOX", ["firefox-esr", "firefox"]),
  args: (profile, url) => ["--headless", "--no-remote", "--profile", profile, url],
  files: {
    // Nothing but the page: no first run, no updates, no reports.
    "user.js": [
      'user_pref("browser.aboutwelcome.enabled", false);',
      'user_pref("browser.shell.checkDefaultBrowser", false);',
      'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
      'user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);',
      'user_pref("app.update.enabled", false);',
    ].join("\n"),
  },
};

// Debian has it beside its libraries, not in the PATH.
const miniBrowser = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)
  .find((file) => existsSync(file));

/** The small browser of WebKitGTK, on a screen that is not there. */
export const webkit: Browser = {
  name: "WebKit",
  program: miniBrowser && find("TAPEGRAD_XVFB_RUN", ["xvfb-run"]),
  args: (_profile, url) => ["--auto-servernum", miniBrowser!, "--private", url],
  // It is shown our own pages only, also to root in a container.
  env: { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", WEBKIT_DISABLE_COMPOSITING_MODE: "1" },
};

/** Whether tests do without a browser: a machine need have none, and to check everything it needs Chromium. */
export function isLeftOut(browser: Browser): boolean {
  return browser.program === undefined && (browser !== chromium || process.env["CI"] !== "true");
}

import type { Drawing } from "../drawing/drawing.ts";
import { escapeHtml, htmlTable, type ReportTable } from "../html.ts";
import type { Run } from "../report-run.ts";
import { activationSection } from "./activation-section.ts";
import { confusionSection } from "./confusion-section.ts";
import { curveSection } from "./curve-section.ts";
import { script, scriptHash } from "./script.ts";
import { configurationSection, lastFigures, summarySection } from "./setup-section.ts";
import { style, styleHash } from "./style.ts";

/** What stands around the charts. */
export interface PageText {
  /** Heading and title of the page. */
  readonly title: string;
  /** A paragraph below the title. */
  readonly description: string | undefined;
  /** The table of results in place of the last figures of each run. */
  readonly results: ReportTable | undefined;
  /** A line at the end, such as where the data come from. */
  readonly footer: string | undefined;
}

/** One page with all that is known of the runs. It is complete in itself: nothing is loaded from anywhere. */
export function makePage(drawing: Drawing, runs: readonly Run[], text: PageText): string {
  const { title, description, results, footer } = text;
  const paragraph = (content: string | undefined): string =>
    content === undefined ? "" : `<p>${escapeHtml(content)}</p>`;
  const sections = [
    `<h2>Results</h2>\n${htmlTable(results ?? lastFigures(runs))}`,
    curveSection(drawing, runs),
    confusionSection(drawing, runs),
    activationSection(drawing, runs),
    summarySection(runs),
    configurationSection(runs),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash}'; script-src '${scriptHash}'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header><h1>${escapeHtml(title)}</h1>${paragraph(description)}</header>
<main id="main">
${sections.filter((section) => section !== "").join("\n")}
</main>
<footer>${paragraph(footer)}</footer>
<script>${script}</script>
</body>
</html>
`;
}

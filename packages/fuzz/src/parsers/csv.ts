import { type CsvOptions, parseCsv, type Table } from "@tapegrad/datasets";
import { csvFormatRows } from "d3-dsv";
import type { Parser } from "../parser.ts";

type Content = Pick<Table, "x" | "y" | "classes">;

const plain = [
  "a,b\n1,2\n",
  "size,colour,kind\n1.5,red,cat\n2,blue,dog\n-3e-2,red,dog\n",
  'a,"b ""c"""\n"1\n",2\r\n\r\n0x10,3',
];
const withGaps = ["\u{feff}x,y,z\n1,,é\n2,nan,0\n 3 ,4,1\n", "1,2,a\n?,N/A,b\n"];

/** What one number is called in a table; those that float32 cannot hold come from larger ones. */
function cellOf(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return Object.is(value, -0) ? "-0" : String(Math.max(-1e300, Math.min(1e300, value)));
}

function encode({ x, y, classes }: Content, header: boolean): string {
  const width = x.shape[1]!;
  const rows = Array.from(y.data, (target, row) => [
    ...Array.from(x.data.subarray(row * width, (row + 1) * width), cellOf),
    classes.length > 0 ? classes[target]! : cellOf(target),
  ]);
  const names = Array.from({ length: width }, (_, i) => `x${i}`);
  return csvFormatRows(header ? [[...names, "y"], ...rows] : rows);
}

/** Tables of comma-separated values; names of columns are not compared, since categories become several. */
function csvParser(name: string, texts: readonly string[], options: CsvOptions): Parser<Content> {
  const { header = true } = options;
  const utf8 = new TextEncoder();
  const decode = (bytes: Uint8Array): Content => {
    const { x, y, classes } = parseCsv(new TextDecoder().decode(bytes), options);
    return { x, y, classes };
  };
  return {
    name,
    decode,
    encode: (content) => utf8.encode(encode(content, header)),
    values: [decode(utf8.encode(texts[0]))],
    files: texts.map((text) => utf8.encode(text)),
    words: [
      ",",
      "\n",
      "\r\n",
      '"',
      '""',
      "NA",
      "NaN",
      "Infinity",
      "1e400",
      "-",
      " ",
      "é",
      "\u{feff}",
      "a\nb\n",
      "true",
    ],
    endsAnywhere: true,
  };
}

/** As tables are read unless said otherwise. */
export const csvParsers: readonly Parser<Content>[] = [
  csvParser("csv", plain, {}),
  csvParser("csv-gaps", [...plain, ...withGaps], { header: false, missing: "mean", categories: "codes" }),
  csvParser("csv-classes", [...plain, ...withGaps], { missing: "nan", classes: true }),
];

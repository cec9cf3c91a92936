import Table from 'cli-table3';
import { stripVTControlCharacters } from 'node:util';

const gap = '  ';
const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: gap,
};

/** Rows under headings, aligned and without borders. */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | null = null,
): string {
  return render(rows, headings, width);
}

/** A list of names and values, aligned. */
export function renderFacts(
  facts: readonly (readonly [name: string, value: string])[],
  width: number | null = null,
): string {
  return render(facts, [], width);
}

/** Signs that a column keeps, however narrow the terminal is. */
const leastWidth = 6;

/** Widths of columns that fit a line; the widest give first. Null: they fit as they are. */
function fitted(widths: readonly number[], width: number): readonly number[] | null {
  let over = widths.reduce((sum, each) => sum + each, gap.length * (widths.length - 1)) - width;
  if (over <= 0) return null;
  const narrowed = [...widths];
  while (over > 0) {
    const widest = Math.max(...narrowed);
    if (widest <= leastWidth) break;
    const at = narrowed.lastIndexOf(widest);
    const next = Math.max(leastWidth, ...narrowed.filter((each) => each < widest));
    const taken = Math.min(over, Math.max(1, widest - next));
    narrowed[at] = widest - taken;
    over -= taken;
  }
  return narrowed;
}

/** The last column is where sentences stand: it goes on in the next line. Others end with `…`. */
function render(
  given: readonly (readonly string[])[],
  headings: readonly string[],
  width: number | null,
): string {
  const all = headings.length === 0 ? given : [headings, ...given];
  const count = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...all.map((row) => signsIn(row[column] ?? ''))),
  );
  const widths = width === null ? null : fitted(natural, width);
  const rows =
    widths === null
      ? given
      : given.map((row) =>
          row.map((content, column) =>
            column === count - 1 ? { content, wordWrap: true, wrapOnWordBoundary: true } : content,
          ),
        );
  const table = new Table({
    head: [...headings],
    ...(widths === null ? {} : { colWidths: [...widths] }),
    chars: borderless,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function signsIn(text: string): number {
  return Math.max(
    ...stripVTControlCharacters(text)
      .split('\n')
      .map((line) => line.length),
  );
}

import Table from 'cli-table3';

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
): string {
  return render(rows, headings);
}

/** A list of names and values, aligned. */
export function renderFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  return render(facts, []);
}

function render(rows: readonly (readonly string[])[], headings: readonly string[]): string {
  const table = new Table({
    head: [...headings],
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

import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';

/** Rows of a record by name; on disk as soon as they are there. */
export interface ResultsFile<Row> {
  find(name: string): Row | undefined;
  /** The row, measured only if it is not there yet. */
  measured(name: string, measure: () => Promise<Row>): Promise<Row>;
}

/** The rows of one kind in a file that other kinds may share. Told of every row that was measured now. */
export async function openResults<Row>(
  file: string,
  kind: string,
  onRow: (name: string) => void = () => undefined,
): Promise<ResultsFile<Row>> {
  const content: Partial<Record<string, Record<string, unknown>>> = await readContent(file);
  const rows = (content[kind] ?? {}) as Record<string, Row>;
  return {
    find: (name) => rows[name],
    async measured(name, measure) {
      const known = rows[name];
      if (known !== undefined) return known;
      const row = await measure();
      rows[name] = row;
      // Another kind may have been written since.
      await writeWhole(file, { ...(await readContent(file)), [kind]: rows });
      onRow(name);
      return row;
    },
  };
}

async function readContent(file: string): Promise<Record<string, Record<string, unknown>>> {
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
}

/** One row a line: whoever is stopped in between leaves the old file or the new one. */
async function writeWhole(file: string, content: Record<string, Record<string, unknown>>) {
  const kinds = Object.entries(content).map(([kind, rows]) => {
    const lines = Object.entries(rows).map(
      ([name, row]) => `    ${JSON.stringify(name)}: ${JSON.stringify(row)}`,
    );
    return `  ${JSON.stringify(kind)}: {\n${lines.join(',\n')}\n  }`;
  });
  const draft = `${file}.part`;
  await writeFile(draft, `{\n${kinds.join(',\n')}\n}\n`);
  await rename(draft, file);
}

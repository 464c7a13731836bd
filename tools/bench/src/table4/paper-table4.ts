/** What the TaylorSeer paper prints for one row: DiT-XL/2 on ImageNet 256², 50 DDIM steps. */
export interface PaperRow {
  readonly speedup: number;
  readonly fid: number;
  readonly sfid: number;
}

/** DDIM-50, Table 3: what the paper's rows are divided by. */
export const PAPER_FULL: PaperRow = Object.freeze({ speedup: 1, fid: 2.32, sfid: 4.32 });

/** FLOPs speed-up of N = 3 … 7, Table 4: the order changes no FLOPs that the paper counts. */
const SPEEDUPS = [2.77, 3.56, 4.53, 4.98, 6.22];

/** FID and sFID of N = 3 … 7 by order, Table 4. */
const TABLE_4 = [
  { fid: [3.55, 4.75, 6.58, 9.24, 12.67], sfid: [6.36, 8.43, 11.29, 14.84, 18.57] },
  { fid: [2.49, 2.66, 3.05, 3.59, 4.29], sfid: [4.82, 5.54, 6.48, 7.62, 8.76] },
  { fid: [2.44, 2.51, 2.79, 3.18, 3.66], sfid: [4.69, 5.21, 5.87, 6.65, 7.26] },
  { fid: [2.34, 2.53, 2.78, 3.15, 3.63], sfid: [4.69, 5.21, 5.82, 6.5, 7.08] },
  { fid: [2.35, 2.52, 2.78, 3.15, 3.63], sfid: [4.69, 5.19, 5.82, 6.5, 7.07] },
];

/** Rows of Table 3 that the demo model's line-up has too, by policy. */
const TABLE_3: readonly (readonly [string, PaperRow])[] = [
  ['full()', PAPER_FULL],
  ['fora(interval=3)', { speedup: 2.77, fid: 3.55, sfid: 6.36 }],
  ['fora(interval=5)', { speedup: 4.53, fid: 6.58, sfid: 11.29 }],
  ['fewer-steps(steps=25)', { speedup: 2, fid: 3.18, sfid: 4.74 }],
  ['fewer-steps(steps=20)', { speedup: 2.5, fid: 3.81, sfid: 5.15 }],
  ['fewer-steps(steps=15)', { speedup: 3.33, fid: 5.17, sfid: 6.11 }],
  ['fewer-steps(steps=12)', { speedup: 4.17, fid: 7.8, sfid: 8.03 }],
  ['fewer-steps(steps=10)', { speedup: 5, fid: 12.15, sfid: 11.33 }],
];

const ROWS: ReadonlyMap<string, PaperRow> = new Map([...TABLE_3, ...table4Rows()]);

/** The paper's row for a policy as it prints itself, or null where the paper has none. */
export function paperRow(policy: string): PaperRow | null {
  return ROWS.get(policy) ?? null;
}

function table4Rows(): [string, PaperRow][] {
  return TABLE_4.flatMap(({ fid, sfid }, order) =>
    SPEEDUPS.map((speedup, i): [string, PaperRow] => [
      `taylorseer(interval=${i + 3}, order=${order}, warmup=2)`,
      { speedup, fid: fid[i] ?? NaN, sfid: sfid[i] ?? NaN },
    ]),
  );
}

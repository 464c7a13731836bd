import { ROW, ROWS_PER_BLOCK } from './transformer-layout.js';
import type { BranchSite, TransformerLayout } from './transformer-layout.js';

/** The modulation of one call: [batch, layout.rows, layout.width]. */
export interface Modulation {
  readonly layout: TransformerLayout;
  readonly batch: number;
  readonly rows: Float32Array;
}

/** Shift and scale of one site, each [batch, width]. */
export interface ShiftScale {
  readonly shift: Float32Array;
  readonly scale: Float32Array;
}

/**
 * hidden += gate * branch, in place. Product and sum are rounded to float32 each, as the exported graph does
 * it, so the walk gives the same bits. `hidden` and `branch` are [batch, tokens, width]. Allocates nothing.
 */
export function addGated(
  hidden: Float32Array,
  branch: Float32Array,
  gate: { readonly modulation: Modulation; readonly site: BranchSite },
): void {
  const { layout, batch, rows } = gate.modulation;
  const { tokens, width } = layout;
  const row = gate.site.block * ROWS_PER_BLOCK + ROW[gate.site.kind].gate;
  for (let sample = 0; sample < batch; sample++) {
    const gateStart = (sample * layout.rows + row) * width;
    const sampleStart = sample * tokens * width;
    for (let token = 0; token < tokens; token++) {
      const start = sampleStart + token * width;
      for (let column = 0; column < width; column++) {
        const factor = rows[gateStart + column] as number;
        const product = Math.fround(factor * (branch[start + column] as number));
        hidden[start + column] = (hidden[start + column] as number) + product;
      }
    }
  }
}

/** What normalises a branch's input. */
export function branchShiftScale(modulation: Modulation, site: BranchSite): ShiftScale {
  const first = site.block * ROWS_PER_BLOCK;
  return {
    shift: copyRow(modulation, first + ROW[site.kind].shift),
    scale: copyRow(modulation, first + ROW[site.kind].scale),
  };
}

/** What normalises the head's input: the last two rows. */
export function headShiftScale(modulation: Modulation): ShiftScale {
  const { rows } = modulation.layout;
  return { shift: copyRow(modulation, rows - 2), scale: copyRow(modulation, rows - 1) };
}

function copyRow({ layout, batch, rows }: Modulation, row: number): Float32Array {
  const { width } = layout;
  const copy = new Float32Array(batch * width);
  for (let sample = 0; sample < batch; sample++) {
    const start = (sample * layout.rows + row) * width;
    copy.set(rows.subarray(start, start + width), sample * width);
  }
  return copy;
}

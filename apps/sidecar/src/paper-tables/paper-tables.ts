import type { PaperTable } from './paper-table.js';
import { TABLE_1 } from './table-1-flux.js';
import { TABLE_2 } from './table-2-hunyuan-video.js';
import { TABLE_3 } from './table-3-dit.js';
import { TABLE_4 } from './table-4-dit-ablation.js';
import { TABLE_5 } from './table-5-hidream.js';

/** The paper's tables of cost, in order. */
export const PAPER_TABLES: readonly PaperTable[] = Object.freeze([
  TABLE_1,
  TABLE_2,
  TABLE_3,
  TABLE_4,
  TABLE_5,
]);

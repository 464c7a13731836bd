import type { Scene } from '../chart/scene.js';
import { seriesChart } from '../chart/series-chart.js';
import { formatNumber } from '../report/format-number.js';
import { groupByMethod, type ComparedRow } from './compared-row.js';

/** What can be drawn upwards. */
export type QualityMeasure = 'psnr' | 'ssim' | 'frechet';

/** What can be drawn to the right. */
export type SpeedMeasure = 'flops' | 'wall';

const QUALITY: Readonly<Record<QualityMeasure, string>> = {
  psnr: 'PSNR to full compute, dB',
  ssim: 'SSIM to full compute',
  frechet: 'Fréchet distance to the data set (less is better)',
};

const SPEED: Readonly<Record<SpeedMeasure, string>> = {
  flops: 'FLOPs speed-up',
  wall: 'wall speed-up',
};

/** Quality against speed, one line a method; null where nobody measured one of them. */
export function comparisonChart(
  rows: readonly ComparedRow[],
  { quality, speed }: { readonly quality: QualityMeasure; readonly speed: SpeedMeasure },
): Scene | null {
  const series = groupByMethod(rows).map((group) => ({
    name: group[0]?.method ?? '',
    points: group.flatMap((row) => {
      const [x, y] = [speedOf(row, speed), qualityOf(row, quality)];
      if (x === null || y === null || !Number.isFinite(y)) return [];
      const title = `${row.label}: ${formatNumber(y, quality === 'ssim' ? 3 : 2)} at ${formatNumber(x, 2)}×`;
      return [{ x, y, title }];
    }),
  }));
  if (series.every(({ points }) => points.length === 0)) return null;
  return seriesChart({
    label: `${QUALITY[quality]} against ${SPEED[speed]}`,
    x: { label: SPEED[speed], unit: '×' },
    y: {
      label: QUALITY[quality],
      unit: '',
      scale: quality === 'frechet' ? 'logarithmic' : 'linear',
    },
    series,
  });
}

function qualityOf(row: ComparedRow, measure: QualityMeasure): number | null {
  return measure === 'frechet' ? row.frechet : (row[measure]?.mean ?? null);
}

function speedOf(row: ComparedRow, measure: SpeedMeasure): number | null {
  return measure === 'flops' ? row.flopsSpeedup : (row.timing?.speedup.mean ?? null);
}

export { meanSquaredError, psnr } from './image/psnr.js';
export { ssim, SSIM_WINDOW } from './image/ssim.js';
export { frechetDistance } from './statistics/frechet-distance.js';
export { gaussianStatistics } from './statistics/gaussian-statistics.js';
export { classAccuracy, indexOfLargest } from './statistics/class-accuracy.js';
export { fitPolynomial } from './statistics/fit-polynomial.js';
export { spreadOf } from './statistics/spread.js';
export { decodePng, encodePng } from './image/png.js';
export { contactSheet } from './sheet/contact-sheet.js';
export { renderReport } from './report/render-report.js';
export { resultText } from './report/report-table.js';
export { countCalls, formatCalls } from './report/call-counts.js';
export {
  formatNumber,
  formatPercent,
  formatSpeedup,
  formatSpread,
} from './report/format-number.js';
export { groupByMethod } from './comparison/compared-row.js';
export { comparisonTable } from './comparison/comparison-table.js';
export { comparisonChart } from './comparison/comparison-chart.js';
export { comparisonMarkdown, renderComparison } from './comparison/render-comparison.js';
export { sceneToImage } from './chart/scene-image.js';
export { sceneToSvg } from './chart/scene-svg.js';
export { markdownTable } from './table/table.js';
export type { ComparisonTable } from './comparison/comparison-table.js';
export type { QualityMeasure, SpeedMeasure } from './comparison/comparison-chart.js';
export type { Comparison } from './comparison/render-comparison.js';
export type { Scene } from './chart/scene.js';
export type { Column } from './table/table.js';
export type { ComparedRow, RowTiming } from './comparison/compared-row.js';
export type { PsnrOptions } from './image/psnr.js';
export type { SsimOptions } from './image/ssim.js';
export type { Image } from './image/image.js';
export type { Gaussian } from './statistics/gaussian-statistics.js';
export type { FittedPolynomial } from './statistics/fit-polynomial.js';
export type { Spread } from './statistics/spread.js';
export type { SheetOptions, SheetRow } from './sheet/contact-sheet.js';
export type { CallAction, CallCounts } from './report/call-counts.js';
export type { Fact, PolicyResult, Report } from './report/report-model.js';
export { planeCharts } from './chart/plane-charts.js';
export { seriesChart } from './chart/series-chart.js';
export type {
  PlaneChart,
  PlaneCharts,
  PlaneMiss,
  PlaneMisses,
  PlanePoint,
} from './chart/plane-charts.js';
export type { ChartAxis, ChartPoint, ChartSeries, SeriesChart } from './chart/series-chart.js';

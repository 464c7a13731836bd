import { countCalls, formatCalls } from './call-counts.js';

describe('countCalls', () => {
  it('keeps full, partial and forecast calls apart; reuse is a forecast', () => {
    const actions = ['full', 'partial', 'reuse', 'partial', 'forecast', 'partial'] as const;
    expect(countCalls(actions)).toEqual({ full: 1, partial: 3, forecast: 2 });
  });

  it('counts nothing in no calls', () => {
    expect(countCalls([])).toEqual({ full: 0, partial: 0, forecast: 0 });
  });
});

describe('formatCalls', () => {
  it('counts in whole calls, or in tenths where runs of one row differ', () => {
    expect(formatCalls({ full: 11, partial: 0, forecast: 39 })).toBe('11 / 0 / 39');
    expect(formatCalls({ full: 11.5, partial: 2, forecast: 36.5 })).toBe('11.5 / 2.0 / 36.5');
  });
});

import { createRunCounter, type CountedSource } from './run-statistics.js';

const FACTS = {
  runId: 'r',
  policy: 'p',
  client: '',
  outcome: 'ok',
  peakBytes: 0,
  wallMs: 1,
} as const;
const call = { branch: 'joint', callIndex: 3 };

function countedCall(...answers: [source: CountedSource, isDecided: boolean][]) {
  const counter = createRunCounter();
  answers.forEach(([source, isDecided], i) => {
    counter.countFeature({ ...call, site: `s${i}`, source, isDecided });
  });
  return counter.read(FACTS);
}

test('a call is full when everything that decisions are about was computed', () => {
  const full = countedCall(['forwarded', true], ['stored', true], ['forwarded', false]);
  expect([full.fullCalls, full.forecastCalls]).toEqual([1, 0]);
});

test.each<CountedSource>(['forecast', 'partial'])(
  'one site that is %s makes it another',
  (source) => {
    const mixed = countedCall(['forwarded', true], [source, true]);
    expect([mixed.fullCalls, mixed.forecastCalls]).toEqual([0, 1]);
  },
);

test('what is computed in every call says nothing about a call being full', () => {
  const statistics = countedCall(['forwarded', false]);
  expect([statistics.fullCalls, statistics.forecastCalls, statistics.forwarded]).toEqual([0, 0, 1]);
});

test('partial features are counted by site and in total', () => {
  const { partial, sites } = countedCall(['partial', true], ['forwarded', true]);
  expect(partial).toBe(1);
  expect(sites.map((site) => [site.site, site.partial])).toEqual([
    ['s0', 1],
    ['s1', 0],
  ]);
});

test('a whole call counts once, with its partial features', () => {
  const counter = createRunCounter();
  const whole = { ...call, isFull: false, forwarded: 3, forecast: 2, partial: 2 };
  expect([counter.countCall(whole), counter.countCall(whole)]).toEqual([true, false]);
  expect(counter.read(FACTS)).toMatchObject({ forwarded: 3, forecast: 2, partial: 2 });
});

test('a call is announced once, and not before something of it was answered', () => {
  const counter = createRunCounter();
  expect(counter.announce(call)).toBe(false);
  counter.countFeature({ ...call, site: 's', source: 'forwarded', isDecided: false });
  expect([counter.announce(call), counter.announce(call)]).toEqual([true, false]);
});

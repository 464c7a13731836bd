import { packageDefinition } from '@forecache/adapters';
import { gramFromFeatures, gramTriangle } from '@forecache/core';
import { credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { startFixture, type Fixture } from './fixture.js';

const CALLS = 10;

let fixture: Fixture;
beforeEach(async () => void (fixture = await startFixture()));
afterEach(() => fixture.close());

/** Even Euler steps, row by row. */
const coefficients = Array.from({ length: (CALLS + 1) * CALLS }, (_, i) =>
  i % CALLS < Math.floor(i / CALLS) ? -1 / CALLS : 0,
);
const response = { calls: CALLS, coefficients };

function gram(seed: number) {
  const outputs = Array.from({ length: CALLS }, (_, call) =>
    Float32Array.from({ length: 5 }, (__, i) => Math.cos(0.3 * call + seed * i)),
  );
  const products = gramTriangle({ products: gramFromFeatures(outputs) });
  return { size: CALLS, products };
}

/** Asks a method of the calibration service as any client would, by its descriptor. */
function ask(method: string, request: object): Promise<Record<string, unknown>> {
  const loaded = loadPackageDefinition(packageDefinition()) as unknown as {
    forecache: { v1: Record<string, new (address: string, how: unknown) => Stub> };
  };
  const Client = loaded.forecache.v1['CalibrationService'];
  if (Client === undefined) throw new Error('the service is not in the package');
  const client = new Client(fixture.address, credentials.createInsecure());
  return new Promise((resolve, reject) => {
    client[method]?.(request, (error: ServiceError | null, answer: Record<string, unknown>) => {
      client.close();
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

type Answered = (error: ServiceError | null, answer: Record<string, unknown>) => void;
type Stub = { close(): void } & Record<string, (request: object, done: Answered) => void>;

test('schedules are found from inner products, one for every number of full calls', async () => {
  const { schedules } = await ask('FindSchedules', {
    runs: [gram(1), gram(2)],
    response,
    fullCalls: 4,
  });
  const found = schedules as { fullCalls: number[]; predictedDrift: number }[];
  expect(found.map(({ fullCalls }) => fullCalls.length)).toEqual([1, 2, 3, 4]);
  expect(found[3]?.predictedDrift).toBeLessThan(found[0]?.predictedDrift ?? NaN);
});

test('weights come as a plan that any host can follow', async () => {
  const walks = [gram(1), gram(2), gram(3)];
  const fitted = await ask('FitWeights', { walks, response, fullCalls: [0, 3, 6] });
  const plan = fitted['plan'] as {
    steps: number;
    calls: { action: { kind: string; weights: number[] } }[];
  };
  expect(plan.steps).toBe(CALLS);
  const kinds = plan.calls.map(({ action }) => action.kind);
  expect(kinds.flatMap((kind, call) => (kind === 'ACTION_KIND_FULL' ? [call] : []))).toEqual([
    0, 3, 6,
  ]);
  expect(plan.calls[1]?.action.weights).toHaveLength(1);
  expect(fitted['heldOutError']).toBeLessThan(0.01);
});

test('how errors grew on a walk goes into the next search', async () => {
  const walked = (seed: number) => {
    const outputs = Array.from({ length: CALLS + 2 }, (_, i) =>
      Float32Array.from(
        { length: 5 },
        (__, j) => Math.cos(0.3 * (i % CALLS) + seed * j) + (i < CALLS ? 0 : 0.01 * j),
      ),
    );
    return { size: CALLS + 2, products: gramTriangle({ products: gramFromFeatures(outputs) }) };
  };
  const { growth } = await ask('FitWeights', { walks: [walked(1)], response, fullCalls: [0, 5] });
  expect(growth).toHaveLength(CALLS + 1);
  const problem = { runs: [gram(1)], response, fullCalls: 3 };
  expect(await ask('FindSchedules', { ...problem, growth })).toHaveProperty('schedules.length', 3);
  const grown = Array.from({ length: CALLS + 1 }, (_, s) => 2 ** (CALLS - s));
  expect(await ask('FindSchedules', { ...problem, growth: grown })).not.toEqual(
    await ask('FindSchedules', problem),
  );
});

test('history and ridge are taken where they are given', async () => {
  const problem = {
    walks: [gram(1), gram(2)],
    response,
    fullCalls: [0, 4],
    history: 1,
    ridge: 0.25,
  };
  expect(await ask('FitWeights', problem)).toMatchObject({ history: 1, ridge: 0.25 });
});

test.each([
  [
    'FindSchedules',
    { runs: [{ size: 3, products: [1] }], response, fullCalls: 2 },
    'runs[0].products.length must be n (n + 1) / 2 with n = 3 features (6), got 1',
  ],
  ['FindSchedules', { runs: [], response, fullCalls: 2 }, 'runs must be at least one run, got []'],
  ['FindSchedules', { runs: [gram(1)], fullCalls: 2 }, 'response must be set, got null'],
  [
    'FindSchedules',
    { runs: [gram(1)], response: { calls: 2, coefficients: [0] }, fullCalls: 2 },
    'response.coefficients.length must be (calls + 1) calls with calls 2 (6), got 1',
  ],
  [
    'FindSchedules',
    { runs: [gram(1)], response, fullCalls: 11 },
    'fullCalls must be an integer between 1 and 10, got 11',
  ],
  [
    'FindSchedules',
    { runs: [{ size: 1, products: [1] }], response, fullCalls: 1 },
    'runs[0].products.length must be one a call (10), got 1',
  ],
  [
    'FitWeights',
    { walks: [gram(1)], response, fullCalls: [2] },
    'fullCalls must be rising calls from 0 to 9 at most, got [2]',
  ],
])('%s refuses what makes no sense: %#', async (method, request, message) => {
  await expect(ask(method, request)).rejects.toMatchObject({ code: 3, details: message });
});

import { CircuitBreaker } from './circuit.breaker';

describe('the circuit breaker', () => {
  let now = 0;
  const breaker = (): CircuitBreaker => new CircuitBreaker({ failuresMax: 3, openMs: 1_000, clock: { now: () => new Date(now) } });
  beforeEach(() => (now = 0));
  const fail = (circuit: CircuitBreaker, times: number): void => {
    for (let at = 0; at < times; at += 1) circuit.failed();
  };

  it('opens with the last of the failures in a row, and not before', () => {
    const circuit = breaker();
    fail(circuit, 2);
    expect(circuit.mayTry()).toBe(true);
    circuit.failed();
    expect(circuit.mayTry()).toBe(false);
  });

  it('counts anew after a success', () => {
    const circuit = breaker();
    fail(circuit, 2);
    circuit.succeeded();
    fail(circuit, 2);
    expect(circuit.mayTry()).toBe(true);
  });

  it('lets one call through at a time when its time is over, and closes when that succeeds', () => {
    const circuit = breaker();
    fail(circuit, 3);
    now = 999;
    expect(circuit.mayTry()).toBe(false);
    now = 1_000;
    expect([circuit.mayTry(), circuit.mayTry()]).toEqual([true, false]);
    circuit.succeeded();
    expect([circuit.mayTry(), circuit.mayTry()]).toEqual([true, true]);
  });

  it('stays open for as long again when the probe fails', () => {
    const circuit = breaker();
    fail(circuit, 3);
    now = 1_000;
    expect(circuit.mayTry()).toBe(true);
    circuit.failed();
    now = 1_999;
    expect(circuit.mayTry()).toBe(false);
    now = 2_000;
    expect(circuit.mayTry()).toBe(true);
  });
});

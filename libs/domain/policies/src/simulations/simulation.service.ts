import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { EMPTY_TALLY, mergeTallies, type PastQuestion, type SimulationTally } from '@imprimatur/formats/policy';
import { assert, Fault, newId, notFound, ok, refuse, type Result, type SimulationId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Jobs } from '@imprimatur/platform/jobs';
import { Injectable } from '@nestjs/common';
import { PolicyEngine } from '../policy.engine.js';
import { PolicyRepository } from '../policy.repository.js';
import { questionsExported, simulationEndedEvent, simulationStarted } from './simulation.events.js';
import { simulationEnded, simulationInvalid, type SimulationRefusal } from './simulation.refusals.js';
import { SimulationRepository } from './simulation.repository.js';
import { faultOf } from './simulation.rules.js';
import type { NewSimulation, Simulation, SimulationPlace } from './simulation.types.js';

/** The kind of job that carries a simulation on; payload: `simulation`. */
export const SIMULATION_JOB = 'policy-simulation';

/** Simulations of two stored bundles over past questions; the questions come from the flow that runs them. */
@Injectable()
export class SimulationService {
  constructor(
    private readonly simulations: SimulationRepository,
    private readonly bundles: PolicyRepository,
    private readonly engine: PolicyEngine,
    private readonly ledger: Ledger,
    private readonly jobs: Jobs,
  ) {}

  async start(write: WriteContext, wish: NewSimulation): Promise<Result<Simulation, SimulationRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    const fault = faultOf(wish);
    if (fault !== null) return refuse(simulationInvalid(fault));
    const found = await this.bundles.findMany(write, [wish.from, wish.to]);
    if (![wish.from, wish.to].every((id) => found.some((bundle) => bundle.id === id))) return refuse(notFound('policy version'));
    const simulation: Simulation = {
      ...wish,
      id: newId('simulation'),
      total: null,
      state: 'running',
      tally: EMPTY_TALLY,
      place: null,
      failure: null,
      startedBy: write.context.actor.subject,
      startedAt: systemClock.now(),
      endedAt: null,
    };
    await this.simulations.insert(write, simulation);
    await this.ledger.append(write, simulationStarted(simulation));
    await this.jobs.enqueue(write, { kind: SIMULATION_JOB, key: simulation.id, payload: { simulation: simulation.id } });
    return ok(simulation);
  }

  /** What was counted until then stays. */
  async cancel(write: WriteContext, id: SimulationId): Promise<Result<Simulation, SimulationRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    const found = await this.simulations.lock(write, id);
    if (!found) return refuse(notFound('simulation'));
    if (found.state !== 'running') return refuse(simulationEnded());
    await this.end(write, found, 'cancelled', null);
    return ok({ ...found, state: 'cancelled' });
  }

  /** Asks both bundles, in a thread. Throws Fault SIMULATION_BUNDLE_BROKEN, for good, when one of them is not what was stored. */
  async ask(read: ReadContext, { from, to }: Simulation, questions: readonly PastQuestion[]): Promise<SimulationTally> {
    const [older, newer] = [await this.bundles.files(read, from), await this.bundles.files(read, to)];
    const tally = await this.engine.simulate(older, newer, questions);
    if (tally.ok) return tally.value;
    throw new Fault({ room: 'policies', code: 'SIMULATION_BUNDLE_BROKEN', message: tally.refusal.message, safe: true });
  }

  /** False: it has ended meanwhile, and what was asked counts for nothing. `before`: the place that was gone on from; another worker may have been faster. */
  async advance(
    write: WriteContext,
    { id, place: before }: Simulation,
    step: { readonly tally: SimulationTally; readonly place: SimulationPlace; readonly total: number },
  ): Promise<boolean> {
    const found = await this.simulations.lock(write, id);
    if (found?.state !== 'running' || found.place?.verdict !== before?.verdict) return false;
    await this.simulations.advance(write, id, mergeTallies(found.tally, step.tally), step.place, step.total);
    return true;
  }

  /** Again: nothing. */
  async finish(write: WriteContext, id: SimulationId, failure: string | null): Promise<void> {
    const found = await this.simulations.lock(write, id);
    assert(found, 'the simulation of a job exists');
    if (found.state === 'running') await this.end(write, found, failure === null ? 'done' : 'failed', failure);
  }

  /** On record before they leave; the questions come from the flow that hands them out. */
  async exportQuestions(
    write: WriteContext,
    { since, until }: Pick<NewSimulation, 'since' | 'until'>,
  ): Promise<Result<null, SimulationRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    await this.ledger.append(write, questionsExported(write.context.tenant, since, until));
    return ok(null);
  }

  async findMany(read: ReadContext, ids: readonly SimulationId[]): Promise<readonly Simulation[]> {
    return allow(read.context, 'read', 'PolicyBundle') ? [] : this.simulations.findMany(read, ids);
  }

  /** Newest first; the key of a page is the simulation's id. */
  async list(
    read: ReadContext,
    { first, after }: { readonly first: number; readonly after: string | null },
  ): Promise<readonly Simulation[]> {
    return allow(read.context, 'read', 'PolicyBundle') ? [] : this.simulations.page(read, first, after);
  }

  private async end(
    write: WriteContext,
    simulation: Simulation,
    state: 'done' | 'failed' | 'cancelled',
    failure: string | null,
  ): Promise<void> {
    await this.simulations.end(write, simulation.id, state, failure, systemClock.now());
    await this.ledger.append(write, simulationEndedEvent(simulation, state, failure));
  }
}

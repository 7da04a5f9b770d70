import { EditingService } from '@imprimatur/domain/editing';
import { type Simulation, SimulationService } from '@imprimatur/domain/policies';
import { assert, type Context, type SimulationId } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** Questions per step: a step is a second or so, and what a crash repeats. */
const STEP = 500;

/** Carries a simulation on, a step of questions after the other; each step is kept with the place where the next begins. */
@Injectable()
export class SimulationFlow {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly simulations: SimulationService,
    private readonly editing: EditingService,
  ) {}

  async carryOut(context: Context, id: SimulationId, signal: AbortSignal): Promise<void> {
    const first = await this.find(context, id);
    if (first.state !== 'running') return;
    const total =
      first.total ??
      (await this.unitOfWork.read(context, async (read) =>
        Math.min(first.questionsMax, await this.editing.countPastQuestions(read, first)),
      ));
    let next: Simulation | null = first;
    while (next) {
      signal.throwIfAborted();
      next = await this.step(context, next, total);
    }
    await this.unitOfWork.write(context, (write) => this.simulations.finish(write, id, null));
  }

  /** Null: nothing is left, or it has ended. */
  private async step(context: Context, simulation: Simulation, total: number): Promise<Simulation | null> {
    const left = total - simulation.tally.questions;
    if (left <= 0) return null;
    const { questions, tally } = await this.unitOfWork.read(context, async (read) => {
      const found = await this.editing.pastQuestions(read, { ...simulation, after: simulation.place, first: Math.min(STEP, left) });
      return { questions: found, tally: await this.simulations.ask(read, simulation, found) };
    });
    const last = questions.at(-1);
    if (!last) return null;
    const place = { at: last.at, verdict: last.verdict };
    const kept = await this.unitOfWork.write(context, (write) => this.simulations.advance(write, simulation, { tally, place, total }));
    if (!kept) return null;
    const now = await this.find(context, simulation.id);
    return now.state === 'running' ? now : null;
  }

  private async find(context: Context, id: SimulationId): Promise<Simulation> {
    const [simulation] = await this.unitOfWork.read(context, (read) => this.simulations.findMany(read, [id]));
    assert(simulation, 'the simulation of a job exists');
    return simulation;
  }
}
